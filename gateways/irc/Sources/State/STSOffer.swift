/// The value of the capability `sts`, such as `port=6697,duration=2592000` (IRCv3 sts, "Details").
struct STSOffer: Equatable, Sendable {
    /// The port for TLS. Only a connection without TLS uses it.
    let port: Int?
    /// How many seconds from now on, or from the end of the connection on, the host must be reached with TLS. Only a
    /// connection with TLS can tell that.
    let duration: Int?

    /// Keys that are not known or cannot be read are left out.
    init(_ value: String) {
        var port: Int?
        var duration: Int?
        for token in value.split(separator: ",") {
            let number = Int(token.drop { $0 != "=" }.dropFirst())
            switch token.prefix(while: { $0 != "=" }) {
            case "port": port = number.flatMap { (1...65_535).contains($0) ? $0 : nil }
            case "duration": duration = number.flatMap { $0 >= 0 ? min($0, STSOffer.longest) : nil }
            default: break
            }
        }
        self.port = port
        self.duration = duration
    }

    /// A year, in seconds.
    static let longest = 31_536_000
}
