/// A CTCP message: a command and a text between two \u{1} within a PRIVMSG or NOTICE (modern IRC docs, "CTCP").
struct CTCP: Equatable {
    /// The command in upper case.
    let command: String
    let text: String

    /// Reads the text of a PRIVMSG or NOTICE. Nil if it is not CTCP. The closing \u{1} may be missing, as in a cut
    /// line.
    init?(_ text: String) {
        guard text.utf8.first == 1 else { return nil }
        let inner = text.utf8.dropFirst().prefix { $0 != 1 }
        let command = inner.prefix { $0 != UInt8(ascii: " ") }
        self.command = String(Substring(command)).uppercased()
        self.text = String(Substring(inner[command.endIndex...].dropFirst()))
    }

    /// The number of bytes that `action` adds to a text.
    static let actionOverhead = 9

    /// Makes the text of a PRIVMSG that shows an action (`/me`).
    static func action(_ text: String) -> String { "\u{1}ACTION \(text)\u{1}" }

    /// Makes the text of a PRIVMSG that asks for something.
    static func request(_ command: String, _ text: String = "") -> String {
        "\u{1}" + (text.isEmpty ? command : "\(command) \(text)").filter { $0 != "\u{1}" } + "\u{1}"
    }

    /// Makes the text of a NOTICE that answers a CTCP request.
    static func reply(_ command: String, _ text: String) -> String { "\u{1}\(command) \(text)\u{1}" }
}
