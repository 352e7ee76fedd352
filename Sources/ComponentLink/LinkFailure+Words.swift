import Basics
import Networking

/// The words of a failure for the operator.
extension LinkFailure {
    /// One line for the log: what happened at which address, and where the operator should look.
    func explanation(_ settings: ComponentSettings, _ server: Endpoint) -> String {
        let (domain, path) = (settings.domain, settings.configurationPath)
        switch self {
        case .dial(let error):
            return "no link to the XMPP server: \(error); \(LinkFailure.advice(error, path))"
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
        case .answersFor(let other):
            return "\(server) answers for '\(other)' and not for \(domain): see that the component has the same"
                + " name here and in the server's configuration, and that \(path).server is its port for components"
        case .noHandshake:
            return "\(server) accepted the connection but did not answer the handshake of \(domain) in time: see that"
                + " \(path).server is the port for components, and the server's log; a port with TLS from the first"
                + " byte needs \(path).tls.mode: direct"
        case .closedUnopened:
            return "\(server) closed the connection of \(domain) before its stream header: see that \(path).server is"
                + " the port for components, and the server's log; a port with TLS from the first byte needs"
                + " \(path).tls.mode: direct"
        case .fenceLost:
            return "\(server) did not return a ping from \(domain) to itself: another process may be connected for this"
                + " domain as well, and each of them gets only some of the stanzas"
        case .badXML(_, let sender):
            let origin = sender.map {
                "in a stanza from \($0); no server may pass this on: look at that sender, and check"
            }
            return "the link of \(domain) to \(server) is gone: \(reason), "
                + (origin ?? "from an unknown sender; no server may pass this on: check")
                + " that the server is up to date"
        case .closed:
            return "the link of \(domain) to \(server) is closed"
        case .startTLSNotOffered, .startTLSRefused, .startTLSTimedOut, .clearTextAfterProceed, .encryptionDemanded,
            .closedAfterTLS, .certificateRefused:
            return explanationOfTLS(settings, server)
        default:
            return "the link of \(domain) to \(server) is gone: \(reason)"
        }
    }

    private func explanationOfTLS(_ settings: ComponentSettings, _ server: Endpoint) -> String {
        let path = settings.configurationPath
        switch self {
        case .startTLSNotOffered:
            return "\(server) does not offer STARTTLS, and \(path).tls.mode requires it, so \(settings.domain) has sent"
                + " nothing secret: turn STARTTLS on at the server; if it is on, something between Martlet and the"
                + " server removes the offer; Prosody and ejabberd have no STARTTLS for components (ejabberd has"
                + " tls: true for the listener, with mode: direct here)"
        case .startTLSRefused(let answer):
            return "\(server) does not begin TLS: it answered the request of \(settings.domain) for STARTTLS with"
                + " \(answer); see the server's log and the certificate of its component port, or set"
                + " \(path).tls.mode to direct for a port with TLS from the first byte, or to off"
        case .startTLSTimedOut:
            return "\(server) did not finish STARTTLS with \(settings.domain) in time: see the server's log, or set"
                + " \(path).tls.mode to off"
        case .clearTextAfterProceed:
            return "clear text came from \(server) behind its consent to TLS; \(settings.domain) used none of it: if"
                + " this line comes again, somebody between Martlet and the server attacks the connection, or the"
                + " server's STARTTLS is faulty"
        case .certificateRefused(let words):
            return "\(server) refuses the certificate of \(settings.domain), or demands one (\(words)): set"
                + " \(path).tls.certificate and \(path).tls.key to a certificate that the server accepts and its key"
        case .encryptionDemanded(let words):
            return "\(server) takes \(settings.domain) only over TLS (\(words)): set \(path).tls.mode to required"
        default:
            return "\(reason) (\(server)): it may demand a client certificate, or refuse that of \(settings.domain);"
                + " see \(path).tls.certificate, and the server's log"
        }
    }

    /// The settings to look at after a connection could not be made.
    private static func advice(_ error: DialError, _ path: String) -> String {
        switch error {
        case .certificateNotTrusted:
            return "see the keys ca-file, pin, name and verify of \(path).tls"
        case .tlsFailed(_, .clientCertificate):
            return "set \(path).tls.certificate and \(path).tls.key to a certificate that the server takes"
        case .tlsFailed(_, .nothingInCommon):
            return "with TLS 1.2 this may mean that it demands a client certificate: see \(path).tls.certificate"
        case .tlsFailed(_, .clearText), .tlsFailed(_, .closed):
            return "\(path).tls.mode has to fit the port: direct only for TLS from the first byte (tls: true of the"
                + " ejabberd_service listener), as Prosody's component port has no TLS"
        case .tlsFailed, .badSettings:
            return "see \(path).tls"
        default:
            return "compare \(path).server with component_ports and component_interfaces (Prosody) or the port of the"
                + " ejabberd_service listener (ejabberd)"
        }
    }
}
