import XMPP

/// The user who has asked for something, and the form in which the answer goes back.
enum Asker: Codable, Sendable {
    /// A query with a protocol of its own, such as XEP-0077.
    case query(Sender)
    /// An ad-hoc command (XEP-0050).
    case command(Sender, node: String, session: String)
    /// A chat message to the gateway.
    case chat(Sender)
}
