/// The meaning of a text that begins with a slash.
enum SlashText: Equatable {
    /// The text is said as it is: an action (`/me waves`), a path (`/usr/bin`), or a slash with a space behind it.
    case said
    /// The text began with two slashes. It is said with one.
    case escaped(String)
    /// The text without its slash is a command, known or not.
    case command(String)

    /// Whether a body may be something else than a text to say. Some clients keep texts that begin with a slash for
    /// themselves, so people type spaces before it.
    static func isBegun(by body: String) -> Bool {
        let first = body.utf8.first
        guard first == UInt8(ascii: "/") || first == UInt8(ascii: " ") else { return false }
        return body.utf8.first { $0 != UInt8(ascii: " ") } == UInt8(ascii: "/")
    }

    /// - Parameter body: begins with a slash, or with spaces and a slash.
    init(_ body: String) {
        let rest = body.utf8.drop { $0 == UInt8(ascii: " ") }.dropFirst()
        if rest.first == UInt8(ascii: "/") {
            self = .escaped(String(Substring(rest)))
            return
        }
        let word = rest.prefix { $0 > 0x20 }
        let isAction = rest.starts(with: "me ".utf8)
        if word.isEmpty || isAction || word.contains(UInt8(ascii: "/")) {
            self = .said
        } else {
            self = .command(String(Substring(rest)))
        }
    }
}
