/// A message within a message, between \u{1}s (modern IRC docs, "CTCP").
struct CTCP: Equatable {
    /// Upper-case.
    let command: String
    let text: String

    /// Nil if the text of a PRIVMSG or NOTICE is not CTCP. The closing mark may be missing, as after a cut.
    init?(_ text: String) {
        guard text.utf8.first == 1 else { return nil }
        let inner = text.utf8.dropFirst().prefix { $0 != 1 }
        let command = inner.prefix { $0 != UInt8(ascii: " ") }
        self.command = String(Substring(command)).uppercased()
        self.text = String(Substring(inner[command.endIndex...].dropFirst()))
    }

    /// Bytes that wrapping adds to the text of an action.
    static let actionOverhead = 9

    static func action(_ text: String) -> String { "\u{1}ACTION \(text)\u{1}" }

    /// For a NOTICE in answer to a request.
    static func reply(_ command: String, _ text: String) -> String { "\u{1}\(command) \(text)\u{1}" }
}
