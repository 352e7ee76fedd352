import GatewayKit

/// The exclusion of a user, or of all users of a domain, from a gateway.
package struct Restriction: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable {
        /// The user may not use the gateway for a time. The data stay.
        case suspended
        /// The user, or the domain, may not use the gateway at all.
        case banned
    }

    /// A bare JID, or a domain.
    package var subject: String
    package var kind: Kind
    /// The words that the user sees; nil if there are none.
    package var reason: String?
    /// The bare JID of the operator who has set it.
    package var setBy: String
    package var setAt: Timestamp

    package init(subject: String, kind: Kind, reason: String?, setBy: String, setAt: Timestamp) {
        self.subject = subject
        self.kind = kind
        self.reason = reason
        self.setBy = setBy
        self.setAt = setAt
    }
}

/// Sets and lifts restrictions: all of them, or none if one cannot be stored.
package struct ChangeRestrictions: StoreChange {
    package let gateway: String
    /// The restrictions to set. Each takes the place of an earlier one of the same subject.
    package let set: [Restriction]
    /// The subjects whose restrictions end.
    package let lifted: [String]

    package init(gateway: String, set: [Restriction] = [], lifted: [String] = []) {
        self.gateway = gateway
        self.set = set
        self.lifted = lifted
    }
}
