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
    /// When something happened (IRCv3 server-time).
    static var time: TagName { "time" }
}
