import GatewayKit
import XMPP

extension StanzaError {
    /// The stanza error for a network's failure (RFC 6120 §8.3.3, XEP-0045 §7.2). Every failure is converted here. It
    /// does not name `Failure.elsewhere`; `Kernel.error(for:)` does.
    init(_ failure: Failure) {
        let (type, condition) = Self.meaning(of: failure.kind)
        self.init(type, condition, failure.text)
    }

    /// The stanza error for a JID that is no valid address of the gateway.
    init(_ error: AddressError) {
        switch error.kind {
        case .malformed: self.init(.modify, .jidMalformed, error.text)
        case .unknownNetwork: self.init(.cancel, .itemNotFound, error.text)
        }
    }

    private static func meaning(of kind: Failure.Kind) -> (Kind, Condition) {
        switch kind {
        case .notFound: (.cancel, .itemNotFound)
        case .notAuthorized: (.auth, .notAuthorized)
        case .registrationRequired: (.auth, .registrationRequired)
        case .forbidden: (.auth, .forbidden)
        case .conflict: (.cancel, .conflict)
        case .malformedAddress: (.modify, .jidMalformed)
        case .tooLong: (.modify, .policyViolation)
        case .notAcceptable: (.modify, .notAcceptable)
        case .rateLimited: (.wait, .resourceConstraint)
        case .tooFast: (.wait, .policyViolation)
        case .badRequest: (.modify, .badRequest)
        case .policy: (.modify, .policyViolation)
        case .roomFull: (.wait, .serviceUnavailable)
        case .notInRoom: (.modify, .notAcceptable)
        case .unreachable: (.wait, .recipientUnavailable)
        case .remoteDown: (.wait, .remoteServerTimeout)
        case .remoteNotFound: (.cancel, .remoteServerNotFound)
        case .unsupported: (.cancel, .featureNotImplemented)
        case .unknownOutcome: (.wait, .remoteServerTimeout)
        case .internal: (.cancel, .internalServerError)
        }
    }
}
