import XMPP

extension Message {
    /// The extensions whose fallbacks are not sent to networks (XEP-0428): quotes of the message that is answered
    /// (XEP-0461), and texts for clients without reactions (XEP-0444).
    static let dropped: Set = [reply, MessageReactions.namespace]

    /// The namespace of answers to messages (XEP-0461).
    static let reply = "urn:xmpp:reply:0"

    /// The body without the fallbacks that networks do not need (XEP-0428). Nil if nothing is left.
    var bodyWithoutFallbacks: String? { body(withoutFallbacksFor: Self.dropped) }
}
