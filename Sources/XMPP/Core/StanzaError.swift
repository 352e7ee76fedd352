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

    package var type: Kind
    package var condition: Condition
    /// Words for a person: the fault, and the next step.
    package var text: String?
    /// The entity that reports the error, if it is not the sender of the stanza.
    package var by: JID?
    /// The URI inside `<gone/>` or `<redirect/>`.
    package var alternative: String?
    /// The application-specific condition beside the defined condition (RFC 6120 §8.3.4). It is written, but not read.
    package var specific: Element?

    package init(
        _ type: Kind, _ condition: Condition, _ text: String? = nil, by: JID? = nil, alternative: String? = nil
    ) {
        self.type = type
        self.condition = condition
        self.text = text
        self.by = by
        self.alternative = alternative
    }
}
