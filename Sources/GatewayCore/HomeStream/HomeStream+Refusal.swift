import GatewayKit
import Logging
import XMPP

/// Handles stanzas that the open stream has refused, because too many bytes wait for the home server.
extension HomeStream {
    /// Handles the refusal of a stanza in mid-stream. An answered fence no longer covers everything before it, so all
    /// unconfirmed messages count as lost. The outbox or a room still has a refused message, and sends it again. Only
    /// the subject of a room is in neither. It is queued here like presence and IQs.
    func streamRefused(_ stanza: Stanza) {
        keepUnconfirmed()
        if !stanza.isKeptOtherwise { keep(stanza) }
        guard !outbox.isResendPlanned else { return }
        outbox.isResendPlanned = true
        kernel.log(.warning, "the XMPP server reads too slowly; stanzas that the stream has refused are sent again")
        kernel.startTimer(Self.resendTimer, after: .seconds(1))
    }

    /// Queues a stanza to be sent later. Drops and counts it if too many refused stanzas are queued.
    func keep(_ stanza: Stanza) {
        guard outbox.hasRoomForRefused else { return kernel.count(.stanzasIgnored) }
        report(outbox.enqueue(.refused(stanza)))
    }

    /// The timer of `streamRefused` has ended: sends the refused and the unconfirmed stanzas again.
    func resend() {
        outbox.isResendPlanned = false
        guard kernel.isLinkOpen else { return }
        sendUnsent()
        for subscriber in resendSubscribers { subscriber() }
        planFence()
    }
}

extension Stanza {
    /// Whether the outbox or a room still has this message and sends it again after a refusal.
    fileprivate var isKeptOtherwise: Bool {
        guard case .message(let message) = self else { return false }
        return message.type != .groupchat || message.subject == nil
    }
}
