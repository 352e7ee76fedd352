import GatewayKit

extension IRCMessage {
    /// The label on the line itself.
    var label: Int? { tags[.label].flatMap { Int($0) } }

    /// The network's name for this message. Nil if it has none, or one that is empty or longer than any honest one:
    /// names are kept for as long as somebody may refer to them.
    var messageID: MessageID? { messageID(in: .messageID) }

    /// The message that this one answers.
    var repliesTo: MessageID? { messageID(in: .reply) ?? messageID(in: .draftReply) }

    /// One reaction more or less to the message that `repliesTo` names. Nil if there is none, or none that people can be
    /// shown, or both a new one and one that is taken back.
    var reaction: ReactionRecord.Change? {
        let (added, removed) = (tags[.react], tags[.unreact])
        guard (added == nil) != (removed == nil), let text = added ?? removed else { return nil }
        return ReactionRecord.Change(PlainText.of(text), isAdded: added != nil)
    }

    private func messageID(in tag: TagName) -> MessageID? {
        guard let name = tags[tag], !name.isEmpty, name.utf8.count <= 255 else { return nil }
        return MessageID(name)
    }
}
