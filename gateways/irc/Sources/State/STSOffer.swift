/// The value of the capability `sts`, such as `port=6697,duration=2592000` (IRCv3 sts, "Details").
struct STSOffer: Equatable, Sendable {
    /// The port for TLS. Only a connection without TLS uses it.
    let port: Int?
    /// How many seconds the host must be reached with TLS, counted anew when the connection ends. Zero ends the demand.
    /// Only a connection with TLS can tell it.
    let duration: Int?

    /// Ignores unknown keys and values that cannot be read.
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
