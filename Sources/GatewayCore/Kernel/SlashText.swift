/// The meaning of a text that begins with a slash.
enum SlashText: Equatable {
    /// The text is said as it is: an action (`/me waves`), a path (`/usr/bin`), or a slash with a space behind it.
    case said
    /// The text began with two slashes. It is said with one.
    case escaped(String)
    /// The text without its slash is a command, known or not.
    case command(String)

    init(_ body: String) {
        let rest = body.utf8.dropFirst()
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
