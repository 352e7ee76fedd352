import GatewayKit
import XML
import XMPP

/// The stream to the home server: sends stanzas so that nothing is lost when the stream breaks.
///
/// The component stream has no acknowledgements. Messages stay in the `HomeOutbox` until a fence has proven that the home
/// server has them; after a break they are sent again.
final class HomeStream: Feature {
    let kernel: Kernel
    var outbox = HomeOutbox()
    /// Hear which items the home server is proven to have.
    private(set) var provenSubscribers: [([HomeOutbox.Item]) -> Void] = []
    /// Gets back what a room has said when the stream broke before there was proof.
    private(set) var keepSaid: (UserID, RoomAddress, MissedMessage) -> Void = { _, _, _ in }
    /// Hear that the stream takes again what it has refused.
    private(set) var resendSubscribers: [() -> Void] = []

    init(_ kernel: Kernel) { self.kernel = kernel }

    func register(in routes: inout Routes) {
        routes.moments.linkClosed.append { [self] in keepUnconfirmed() }
        routes.moments.linkOpened.append { [self] in sendUnsent() }
    }

    func whenProven(_ subscriber: @escaping ([HomeOutbox.Item]) -> Void) { provenSubscribers.append(subscriber) }
    func whenResending(_ subscriber: @escaping () -> Void) { resendSubscribers.append(subscriber) }
    func whenSaidIsLost(_ keep: @escaping (UserID, RoomAddress, MissedMessage) -> Void) { keepSaid = keep }

    func send(_ message: Message) { kernel.order(.send(.message(message))) }

    func send(_ presence: Presence) {
        // Queued behind presences that the stream has refused, so that the newest arrives last.
        if outbox.isResendPlanned { return keep(.presence(presence)) }
        kernel.order(.send(.presence(presence)))
    }

    func send(_ iq: IQ) { kernel.order(.send(.iq(iq))) }

    func refuse(_ message: Message, _ error: StanzaError) {
        // An error is never answered with an error (RFC 6120 §8.3.1).
        guard message.type != .error else { return }
        kernel.count(.stanzaErrors)
        deliver(.direct(message.error(error)))
    }

    func refuse(_ presence: Presence, _ error: StanzaError, echoing payload: [Element] = []) {
        guard presence.type != .error else { return }
        kernel.count(.stanzaErrors)
        send(presence.error(error, echoing: payload))
    }

    func refuse(_ iq: IQ, _ error: StanzaError) {
        kernel.count(.stanzaErrors)
        send(iq.error(error))
    }

    /// Answers a message of which only the addresses were kept.
    func refuseMessage(of sender: Sender, _ error: StanzaError) {
        kernel.count(.stanzaErrors)
        deliver(.direct(Message(sender.answer, type: .error, payload: [error.element])))
    }

    /// Answers a presence of which only the addresses were kept.
    func refusePresence(of sender: Sender, _ error: StanzaError, echoing payload: [Element] = []) {
        kernel.count(.stanzaErrors)
        send(Presence(sender.answer, type: .error, payload: payload + [error.element]))
    }

    /// Answers a query of which only the addresses were kept.
    func answerQuery(of sender: Sender, _ result: Result<Element?, StanzaError>) {
        switch result {
        case .success(let payload): send(IQ(sender.answer, type: .result, payload: payload.map { [$0] } ?? []))
        case .failure(let error):
            kernel.count(.stanzaErrors)
            send(IQ(sender.answer, type: .error, payload: [error.element]))
        }
    }

    /// Sends a message now, or when the stream is open again; `item` is what to keep of it until it has arrived.
    func deliver(_ item: HomeOutbox.Item) {
        // What waits goes first.
        guard kernel.isLinkOpen, outbox.unsent.isEmpty else { return outbox.hold(stamped(item)) }
        send(item, isLate: false)
        confirm(item)
    }

    /// Messages that are on disk are confirmed at once, those of live networks once a second.
    private func confirm(_ item: HomeOutbox.Item) {
        switch item {
        case .stored, .report: fenceIfNeeded()
        case .direct, .said: planFence()
        case .late: break
        }
    }
}
