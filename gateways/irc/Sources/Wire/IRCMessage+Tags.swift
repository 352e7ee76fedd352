import GatewayKit

extension IRCMessage {
    /// The label on the line itself.
    var label: Int? { tags[.label].flatMap { Int($0) } }

    /// The network's name for this message. Nil if it has none, or one that is empty or longer than any honest one:
    /// names are kept for as long as somebody may refer to them.
    var messageID: MessageID? {
        guard let name = tags[.messageID], !name.isEmpty, name.utf8.count <= 255 else { return nil }
        return MessageID(name)
    }
}
