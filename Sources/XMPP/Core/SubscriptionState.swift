/// The presence subscriptions between an entity and a contact, as the server of the entity sees them (RFC 6121 Appendix
/// A). The nine states of Appendix A.1 are the pairs of both directions.
package struct SubscriptionState: Hashable, Sendable {
    /// A subscription in one direction.
    package enum Direction: String, Sendable, CaseIterable { case none, pending, subscribed }

    /// The entity's subscription to the presence of the contact.
    package private(set) var outbound: Direction
    /// The contact's subscription to the presence of the entity.
    package private(set) var inbound: Direction

    package init(outbound: Direction = .none, inbound: Direction = .none) {
        self.outbound = outbound
        self.inbound = inbound
    }

    /// Changes the state for a stanza that the entity sends to the contact (Appendix A.2).
    ///
    /// - Returns: whether the stanza may be sent.
    package mutating func send(_ type: Presence.Kind) -> Bool {
        switch (type, outbound, inbound) {
        case (.subscribe, _, _): if outbound == .none { outbound = .pending }
        case (.unsubscribe, _, _): outbound = .none
        case (.subscribed, _, .pending): inbound = .subscribed
        case (.unsubscribed, _, .pending), (.unsubscribed, _, .subscribed): inbound = .none
        default: return false
        }
        return true
    }

    /// Changes the state for a stanza that comes from the contact (Appendix A.3).
    ///
    /// - Returns: whether the stanza is news for the entity. A stanza that is none changes nothing. A `subscribe` of a
    ///   contact that is subscribed already is answered with `subscribed` (RFC 6121 §3.1.3).
    package mutating func receive(_ type: Presence.Kind) -> Bool {
        switch (type, outbound, inbound) {
        case (.subscribe, _, .none): inbound = .pending
        case (.unsubscribe, _, .pending), (.unsubscribe, _, .subscribed): inbound = .none
        case (.subscribed, .pending, _): outbound = .subscribed
        case (.unsubscribed, .pending, _), (.unsubscribed, .subscribed, _): outbound = .none
        default: return false
        }
        return true
    }
}
