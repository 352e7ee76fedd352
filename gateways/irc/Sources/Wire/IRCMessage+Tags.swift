import GatewayKit

extension IRCMessage {
    /// The label of the line itself. The label of its batch is in `Batches`.
    var label: Int? { tags[.label].flatMap { Int($0) } }

    /// The network's id of this message. Nil if it is missing, empty, or longer than 255 bytes. The length is bounded
    /// because ids are stored.
    var messageID: MessageID? { messageID(in: .messageID) }

    /// The id of the message that this one answers.
    var repliesTo: MessageID? { messageID(in: .reply) ?? messageID(in: .draftReply) }

    /// The reaction that this line adds or removes, to the message that `repliesTo` names. Nil if the line has none, if
    /// no visible text is left of it, or if the line has both tags.
    var reaction: ReactionRecord.Change? {
        let (added, removed) = (tags[.react], tags[.unreact])
        guard (added == nil) != (removed == nil), let text = added ?? removed else { return nil }
        return ReactionRecord.Change(PlainText.withoutFormatting(text), isAdded: added != nil)
    }

    private func messageID(in tag: TagName) -> MessageID? {
        guard let name = tags[tag], !name.isEmpty, name.utf8.count <= 255 else { return nil }
        return MessageID(name)
    }
}
