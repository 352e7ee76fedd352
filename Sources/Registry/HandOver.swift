import GatewayKit

/// The first step of a message to the network: marks a waiting entry as handed over, unless a rule forbids that now.
package struct HandOver: Sendable, Equatable {
    package let id: RequestID
    package let gateway: String
    /// Each user has counters of their own for limits that are not shared.
    package let user: UserID
    /// The unescaped localpart of the recipient.
    package let localpart: String
    /// The unique value from which the message comes. A recipient who wants none from it gets no message. Nil if people
    /// on the network cannot opt out.
    package let line: UniqueValue?
    /// The size of the message and its limits; nil if it counts against none. Only the first attempt counts.
    package let charge: Charge?
    package let at: Timestamp

    package init(_ entry: OutboundEntry, line: UniqueValue?, charge: Charge?, at time: Timestamp) {
        id = entry.id
        gateway = entry.gateway
        user = entry.account.user
        localpart = entry.localpart
        self.line = line
        self.charge = charge
        at = time
    }
}

/// The rule by which a message may not be handed over.
package enum HandOverRefusal: Sendable, Equatable {
    /// The recipient wants no messages from the sender.
    case optedOut(OptOut)
    /// The message would exceed a limit. `used` is the amount before the message.
    case limit(Charge.Limit, used: Double)
}
