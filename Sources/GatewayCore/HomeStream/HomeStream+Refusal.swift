import GatewayKit
import Logging
import XMPP

/// Stanzas that the open stream has refused, because too much waits for the home server.
extension HomeStream {
    /// A stanza was refused in mid-stream, so an answered fence no longer covers everything before it: all unconfirmed
    /// messages count as lost. Chat and groupchat messages are in the outbox or a room already. Any other stanza is queued,
    /// because its recipient waits for it.
    func streamRefused(_ stanza: Stanza) {
        keepUnconfirmed()
        if !stanza.isKeptOtherwise { keep(stanza) }
        guard !outbox.isResendPlanned else { return }
        outbox.isResendPlanned = true
        kernel.log(.warning, "the XMPP server does not read; the stanzas that it has refused are sent again")
        kernel.order(.timer(.resend, after: .seconds(1)))
    }

    /// Keeps a stanza until the stream takes it.
    func keep(_ stanza: Stanza) {
        guard outbox.hasRoomForLate else { return kernel.count(.stanzasIgnored) }
        outbox.hold(.late(stanza))
    }

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
        return message.type != .normal && (message.type != .groupchat || message.subject == nil)
    }
}
