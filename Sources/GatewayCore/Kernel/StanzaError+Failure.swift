import GatewayKit
import XMPP

extension StanzaError {
    /// The stanza error for a network's failure (RFC 6120 §8.3.3, XEP-0045 §7.2). Every failure is converted here. It
    /// does not name `Failure.elsewhere`; `Kernel.error(for:)` does.
    init(_ failure: Failure) {
        switch failure.kind {
        // The network takes the same again later.
        case .tooFast: self.init(.policyViolation, as: .temporary, failure.text)
        // The room may have a place later (XEP-0045 §7.2.9).
        case .roomFull: self.init(.serviceUnavailable, as: .temporary, failure.text)
        default: self.init(Self.condition(of: failure.kind), failure.text)
        }
    }

    /// The stanza error for a JID that is no valid address of the gateway.
    init(_ error: AddressError) {
        switch error.kind {
        case .malformed: self.init(.jidMalformed, error.text)
        case .unknownNetwork: self.init(.itemNotFound, error.text)
        }
    }

    private static func condition(of kind: Failure.Kind) -> Condition {
        switch kind {
        case .notFound: .itemNotFound
        case .notAuthorized: .notAuthorized
        case .registrationRequired: .registrationRequired
        case .forbidden: .forbidden
        case .conflict: .conflict
        case .malformedAddress: .jidMalformed
        case .tooLong, .policy, .tooFast, .optedOut: .policyViolation
        case .notAcceptable, .notInRoom: .notAcceptable
        case .rateLimited: .resourceConstraint
        case .badRequest: .badRequest
        case .roomFull: .serviceUnavailable
        case .unreachable: .recipientUnavailable
        case .remoteDown, .unknownOutcome: .remoteServerTimeout
        case .remoteNotFound: .remoteServerNotFound
        case .unsupported: .featureNotImplemented
        case .internal: .internalServerError
        }
    }
}
