import Networking
import XML

/// The reason why a link is not open.
package enum LinkFailure: Error, Sendable, Equatable {
    /// The connection with the server could not be made.
    case dial(DialError)
    /// `<not-authorized/>`: the secret is wrong. ejabberd also says so for a domain that it does not know.
    case refused
    /// `<host-unknown/>`: the server has no component with this domain.
    case hostUnknown
    /// `<conflict/>`: another process is connected as this component.
    case conflict
    /// `<invalid-namespace/>` and similar errors, or no XMPP at all: the port does not serve components.
    case notForComponents(String)
    /// Any other stream error (RFC 6120 §4.9.3) with its text.
    case streamError(condition: String, text: String)
    /// The server sent bytes that are not XML, or XML that XMPP forbids. `sender` is the `from` of the stanza in which
    /// they stood; nil if it is unknown.
    case badXML(XMLError, sender: String? = nil)
    /// The server took the connection and did not complete the handshake.
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
        case "not-authorized": self = .refused
        case "host-unknown", "host-gone": self = .hostUnknown
        case "conflict": self = .conflict
        case "invalid-namespace", "unsupported-version": self = .notForComponents("stream error \(condition)")
        default: self = .streamError(condition: condition, text: text)
        }
    }

    /// Whether the operator has to change settings, here or at the server, before the link can open.
    var needsOperator: Bool {
        switch self {
        case .refused, .hostUnknown, .conflict, .notForComponents: true
        case .dial(let error): !error.isTemporary
        default: false
        }
    }

    /// One line for the log: what happened, and where the operator should look.
    func explanation(_ settings: ComponentSettings) -> String {
        let (domain, server, path) = (settings.domain, settings.server, settings.configurationPath)
        switch self {
        case .dial(let error):
            return "no link to the XMPP server: \(error); compare \(path).server with component_ports and"
                + " component_interfaces (Prosody) or the port of the ejabberd_service listener (ejabberd)"
        case .refused:
            return "\(server) refuses the handshake of \(domain): the secret at \(path).secret is not the server's;"
                + " compare it with component_secret below Component \"\(domain)\" (Prosody) or with the password of"
                + " \"\(domain)\" under hosts: of the ejabberd_service listener (ejabberd, which also says this when"
                + " that domain is not listed there)"
        case .hostUnknown:
            return "\(server) has no component \(domain): add Component \"\(domain)\" with a component_secret (Prosody)"
                + " or \"\(domain)\" under hosts: of the ejabberd_service listener (ejabberd); if it is there, see that"
                + " \(path).server is the port for components and not the one for clients"
        case .conflict:
            return "\(domain) is connected to \(server) already: another process uses this domain; stop it, or, if this"
                + " is after a crash, wait until the server notices"
        case .notForComponents(let what):
            return
                "\(server) takes no components (\(what)): \(path).server has to be one of component_ports (Prosody) or"
                + " the port of the ejabberd_service listener (ejabberd)"
        case .noHandshake:
            return "\(server) took the connection and did not answer the handshake of \(domain) in time: see that"
                + " \(path).server is the port for components, and the server's log"
        case .fenceLost:
            return "\(server) did not return a ping from \(domain) to itself: another process may be connected for this"
                + " domain as well, and the server shares out the stanzas"
        case .badXML(_, let sender):
            let origin = sender.map {
                "in a stanza from \($0); no server may pass this on: look at that sender, and check"
            }
            return "the link of \(domain) to \(server) is gone: \(reason), "
                + (origin ?? "from an unknown sender; no server may pass this on: check")
                + " that the server is up to date"
        case .closed:
            return "the link of \(domain) to \(server) is closed"
        default:
            return "the link of \(domain) to \(server) is gone: \(reason)"
        }
    }

    /// A short text, without advice for the operator.
    var reason: String {
        switch self {
        case .dial(let error): "\(error)"
        case .refused: "the server refused the handshake"
        case .hostUnknown: "the server does not know the component"
        case .conflict: "another component uses the domain"
        case .notForComponents: "the port is not for components"
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
