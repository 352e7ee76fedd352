import Networking
import XML

/// The reason why a link is not open.
package enum LinkFailure: Error, Sendable, Equatable {
    /// The connection with the server could not be made.
    case dial(DialError)
    /// `<not-authorized/>`: the secret is wrong. ejabberd also says so for a domain that it does not know.
    case refused
    /// The server has ended the stream because it demands a certificate of us, or refuses ours. The text of its stream
    /// error says so.
    case certificateRefused(String)
    /// `<host-unknown/>`: the server has no component with this domain.
    case hostUnknown
    /// `<conflict/>`: another process is connected as this component.
    case conflict
    /// `<invalid-namespace/>` and similar errors, or no XMPP at all: the port does not serve components.
    case notForComponents(String)
    /// The server's stream header names another domain than ours.
    case answersFor(String)
    /// STARTTLS is required, and the server's features do not have it.
    case startTLSNotOffered
    /// The server was asked for TLS and answered something else.
    case startTLSRefused(String)
    /// STARTTLS took too long.
    case startTLSTimedOut
    /// Clear text came behind the server's consent to TLS.
    case clearTextAfterProceed
    /// The server demands TLS before the handshake. The text says how it has demanded it.
    case encryptionDemanded(String)
    /// The server closed the connection after the TLS handshake, before its stream header.
    case closedAfterTLS
    /// The server closed a connection without TLS before its stream header.
    case closedUnopened
    /// Any other stream error (RFC 6120 §4.9.3) with its text.
    case streamError(condition: String, text: String)
    /// The server sent bytes that are not XML, or XML that XMPP forbids. `sender` is the `from` of the stanza in which
    /// they stood; nil if it is unknown.
    case badXML(XMLError, sender: String? = nil)
    /// The server accepted the connection but did not complete the handshake.
    case noHandshake
    /// The server ended the stream.
    case closedByServer
    /// The TCP connection broke.
    case disconnected
    /// The server sent no byte for too long, although it was pinged.
    case dead
    /// A ping to ourselves did not come back, although other stanzas did.
    case fenceLost
    /// We closed the link.
    case closed
}

extension LinkFailure {
    /// Reads a stream error by its condition.
    init(condition: String, text: String) {
        switch condition {
        case "not-authorized" where Self.isAboutCertificate(text),
            "policy-violation" where Self.isAboutCertificate(text):
            self = .certificateRefused(text)
        case "not-authorized": self = .refused
        case "host-unknown", "host-gone": self = .hostUnknown
        case "conflict": self = .conflict
        case "invalid-namespace", "unsupported-version": self = .notForComponents("stream error \(condition)")
        default: self = .streamError(condition: condition, text: text)
        }
    }

    private static func isAboutCertificate(_ text: String) -> Bool { text.lowercased().contains("certificate") }

    /// Whether the operator has to change settings, here or at the server, before the link can open.
    var needsOperator: Bool {
        switch self {
        case .refused, .certificateRefused, .hostUnknown, .conflict, .notForComponents, .answersFor,
            .startTLSNotOffered, .startTLSRefused, .clearTextAfterProceed, .encryptionDemanded:
            true
        case .dial(let error): !error.isTemporary
        default: false
        }
    }

    /// A short text, without advice for the operator.
    var reason: String {
        switch self {
        case .dial(let error): "\(error)"
        case .refused: "the server refused the handshake"
        case .certificateRefused: "the server refuses the certificate"
        case .hostUnknown: "the server does not know the component"
        case .conflict: "another component uses the domain"
        case .notForComponents: "the port is not for components"
        case .answersFor(let other): "the server answers for '\(other)'"
        case .startTLSNotOffered: "the server does not offer STARTTLS"
        case .startTLSRefused: "the server refused STARTTLS"
        case .startTLSTimedOut: "STARTTLS timed out"
        case .clearTextAfterProceed: "clear text came where TLS had to begin"
        case .encryptionDemanded: "the server demands TLS"
        case .closedUnopened: "the server closed the connection before its stream header"
        case .closedAfterTLS: "the server closed the connection after the TLS handshake"
        case .streamError(let condition, let text): text.isEmpty ? condition : "\(condition), \(text)"
        case .badXML(let error, _): "the server sent bad XML (\(error.rawValue))"
        case .noHandshake: "no answer to the handshake"
        case .closedByServer: "the server ended the stream"
        case .disconnected: "the connection broke"
        case .dead: "the server does not answer any more"
        case .fenceLost: "a ping to ourselves did not come back"
        case .closed: "closed by us"
        }
    }
}
