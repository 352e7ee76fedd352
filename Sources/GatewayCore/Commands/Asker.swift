import XMPP

/// The sender of a request, and the kind of stanza in which `Commands.answer` sends the answer.
enum Asker: Codable, Sendable {
    /// An IQ of a protocol that is not ad-hoc commands, such as registration (XEP-0077).
    case query(Sender)
    /// An ad-hoc command (XEP-0050).
    case command(Sender, node: String, session: String)
    /// A chat message to the gateway.
    case chat(Sender)
    /// A person at the machine, by name.
    case console(ConsoleToken, command: String, by: String)
}
