import GatewayKit
import XMPP

extension Kernel {
    /// The stanza error for a network's failure. If the failure names another address, the error is a redirection to
    /// that address (RFC 6120 §8.3.3.14).
    func error(for failure: Failure) -> StanzaError {
        guard let elsewhere = failure.elsewhere, let jid = addresses.jid(elsewhere) else { return StanzaError(failure) }
        return StanzaError(.redirect, failure.text, alternative: jid.uri)
    }
}
