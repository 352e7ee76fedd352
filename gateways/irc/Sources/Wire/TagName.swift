/// The name of a message tag, with the `+` of client-only tags. Compared byte by byte (IRCv3 message-tags, "Format").
///
/// All names are literals in this code, so no name can hold a character that would end it.
struct TagName: Sendable, ExpressibleByStringLiteral {
    let text: StaticString

    init(stringLiteral text: StaticString) { self.text = text }
}

extension TagName {
    /// The account of the sender (IRCv3 account-tag).
    static var account: TagName { "account" }
    /// Says that the sender is a program (IRCv3 bot-mode).
    static var bot: TagName { "bot" }
    /// The reference of the batch to which a line belongs (IRCv3 batch).
    static var batch: TagName { "batch" }
    /// The label of the line that is answered (IRCv3 labeled-response).
    static var label: TagName { "label" }
    /// Marks a line that continues the one before it without a line break (IRCv3 multiline, a draft).
    static var multilineConcat: TagName { "draft/multiline-concat" }
    /// The network's id of a message (IRCv3 message-ids).
    static var messageID: TagName { "msgid" }
    /// A new reaction to the message that `reply` names (IRCv3 react, a draft).
    static var react: TagName { "+draft/react" }
    /// A removed reaction to the message that `reply` names (IRCv3 react, a draft).
    static var unreact: TagName { "+draft/unreact" }
    /// The id of the message that is answered (IRCv3 reply).
    static var reply: TagName { "+reply" }
    /// The same as `reply`, under the name that the draft had.
    static var draftReply: TagName { "+draft/reply" }
    /// The time of the event (IRCv3 server-time).
    static var time: TagName { "time" }
}
