/// The name of a message tag, with the `+` of client-only tags. Compared byte by byte (IRCv3 message-tags, "Format").
///
/// Names are written in this code only, so that no name can hold a character that ends it.
struct TagName: Sendable, ExpressibleByStringLiteral {
    let text: StaticString

    init(stringLiteral text: StaticString) { self.text = text }
}

extension TagName {
    /// Which open batch a line belongs to (IRCv3 batch).
    static var batch: TagName { "batch" }
    /// Which line of ours is answered (IRCv3 labeled-response).
    static var label: TagName { "label" }
    /// The network's name for a message (IRCv3 message-ids).
    static var messageID: TagName { "msgid" }
    /// A reaction to the message that `reply` names, and one that is taken back (IRCv3 react, a draft).
    static var react: TagName { "+draft/react" }
    static var unreact: TagName { "+draft/unreact" }
    /// Which message is answered (IRCv3 reply), under its final name and under the one of the draft.
    static var reply: TagName { "+reply" }
    static var draftReply: TagName { "+draft/reply" }
    /// When something happened (IRCv3 server-time).
    static var time: TagName { "time" }
}
