import XML

/// `<error/>` of a stanza (RFC 6120 §8.3).
package struct StanzaError: Payload, Error {
    package static let namespace = "urn:ietf:params:xml:ns:xmpp-stanzas"

    /// The sender's choices after the error (RFC 6120 §8.3.2).
    package enum Kind: String, Sendable { case auth, cancel, `continue`, modify, wait }

    /// The defined conditions (RFC 6120 §8.3.3).
    package enum Condition: String, Sendable, CaseIterable {
        case badRequest = "bad-request"
        case conflict
        case featureNotImplemented = "feature-not-implemented"
        case forbidden
        case gone
        case internalServerError = "internal-server-error"
        case itemNotFound = "item-not-found"
        case jidMalformed = "jid-malformed"
        case notAcceptable = "not-acceptable"
        case notAllowed = "not-allowed"
        case notAuthorized = "not-authorized"
        case policyViolation = "policy-violation"
        case recipientUnavailable = "recipient-unavailable"
        case redirect
        case registrationRequired = "registration-required"
        case remoteServerNotFound = "remote-server-not-found"
        case remoteServerTimeout = "remote-server-timeout"
        case resourceConstraint = "resource-constraint"
        case serviceUnavailable = "service-unavailable"
        case subscriptionRequired = "subscription-required"
        case undefinedCondition = "undefined-condition"
        case unexpectedRequest = "unexpected-request"
    }

    /// A type that is not the usual one of the condition. Each case is a reason.
    package enum Deviation: Sendable {
        /// The cause passes by itself, so the sender may try the same again later: a rate or limit, a registry or a
        /// gateway that is away for a moment, a room that is full (XEP-0045 §7.2.9). The type is `wait`.
        case temporary
        /// No other form of the request would succeed, and a specification says so for this case: a ping from outside
        /// of a room (XEP-0410 §3.3), a stanza to a blocked address (XEP-0191 §3.3). The type is `cancel`.
        case final
        /// The sender can change the request, although the condition is mostly final: a sort key that is not known
        /// (XEP-0433). The type is `modify`.
        case mendable
    }

    /// It follows from the condition, or from a `Deviation`.
    package let type: Kind
    package let condition: Condition
    /// Words for a person: the fault, and the next step.
    package var text: String?
    /// The entity that reports the error, if it is not the sender of the stanza.
    package var by: JID?
    /// The URI inside `<gone/>` or `<redirect/>`.
    package var alternative: String?
    /// The application-specific condition beside the defined condition (RFC 6120 §8.3.4). It is written, but not read.
    package var specific: Element?

    /// Makes an error with the usual type of its condition (RFC 6120 §8.3.3).
    ///
    /// - Parameter deviation: the reason for another type.
    package init(
        _ condition: Condition, as deviation: Deviation? = nil, _ text: String? = nil, by: JID? = nil,
        alternative: String? = nil
    ) {
        self.init(deviation?.type ?? condition.usualType, condition, text, by, alternative)
    }

    /// An error of any type, as somebody else has sent it.
    init(_ type: Kind, _ condition: Condition, _ text: String?, _ by: JID?, _ alternative: String? = nil) {
        self.type = type
        self.condition = condition
        self.text = text
        self.by = by
        self.alternative = alternative
    }
}

extension StanzaError.Condition {
    /// The type that RFC 6120 §8.3.3 associates with the condition; the first where it names two.
    package var usualType: StanzaError.Kind {
        switch self {
        case .badRequest, .jidMalformed, .notAcceptable, .policyViolation, .redirect: .modify
        case .forbidden, .notAuthorized, .registrationRequired, .subscriptionRequired: .auth
        case .recipientUnavailable, .remoteServerTimeout, .resourceConstraint, .unexpectedRequest: .wait
        case .conflict, .featureNotImplemented, .gone, .internalServerError, .itemNotFound, .notAllowed,
            .remoteServerNotFound, .serviceUnavailable, .undefinedCondition:
            .cancel
        }
    }
}

extension StanzaError.Deviation {
    fileprivate var type: StanzaError.Kind {
        switch self {
        case .temporary: .wait
        case .final: .cancel
        case .mendable: .modify
        }
    }
}
