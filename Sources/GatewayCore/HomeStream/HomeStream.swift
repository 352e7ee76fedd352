import GatewayKit
import Logging
import XML
import XMPP

/// Sends stanzas to the home server, and sends messages again that a broken stream may have lost.
///
/// The component stream (XEP-0114) has no acknowledgements. A message stays in the `HomeOutbox` until a fence has
/// proven that the home server has it. After a break of the stream it is sent again.
final class HomeStream: Feature {
    /// Sends a fence behind the stanzas that were sent lately.
    static let fenceTimer: TimerID = "fence"
    /// Sends the stanzas again that the stream has refused.
    static let resendTimer: TimerID = "resend"

    let kernel: Kernel
    /// Exclusive access is not checked, because every message uses it. This is safe, because no method of `HomeOutbox`
    /// calls code that uses this property.
    @exclusivity(unchecked) var outbox = HomeOutbox()
    /// Called with the items that a fence has confirmed.
    private(set) var confirmedSubscribers: [([HomeOutbox.Item]) -> Void] = []
    /// Called with each room message that counts as lost.
    private(set) var keepLostRoomMessage: (UserID, RoomAddress, RoomMessage) -> Void = { _, _, _ in }
    /// Called when the stanzas are sent again that the stream has refused.
    private(set) var resendSubscribers: [() -> Void] = []
    /// Called when no item waits to be sent.
    private(set) var drainedSubscribers: [() -> Void] = []
    /// Limits the log lines about dropped messages.
    private var dropReports = RareReport()

    private let repeats: Repeats

    init(_ kernel: Kernel, _ repeats: Repeats) {
        self.kernel = kernel
        self.repeats = repeats
    }

    func register(in routes: inout Routes) {
        routes.moments.linkClosed.append { [self] in keepUnconfirmed() }
        routes.moments.linkOpened.append { [self] in sendUnsent() }
        routes.timer(Self.fenceTimer) { [self] in fenceDue() }
        routes.timer(Self.resendTimer) { [self] in resend() }
    }

    func close() {
        confirmedSubscribers = []
        resendSubscribers = []
        drainedSubscribers = []
        keepLostRoomMessage = { _, _, _ in }
    }

    /// Calls the subscriber with the items that each answered fence confirms, unless only live messages are among them.
    func whenConfirmed(_ subscriber: @escaping ([HomeOutbox.Item]) -> Void) { confirmedSubscribers.append(subscriber) }
    /// Calls the subscriber when the stanzas are sent again that the stream has refused.
    func whenResending(_ subscriber: @escaping () -> Void) { resendSubscribers.append(subscriber) }
    /// Calls the subscriber when no item waits to be sent.
    func whenDrained(_ subscriber: @escaping () -> Void) { drainedSubscribers.append(subscriber) }
    /// Sets the function that keeps a room message that counts as lost.
    func whenRoomMessageIsLost(_ keep: @escaping (UserID, RoomAddress, RoomMessage) -> Void) {
        keepLostRoomMessage = keep
    }

    /// Sends a message once. Use `deliver` for a message that must survive a break of the stream.
    func send(_ message: Message) { kernel.order(.send(.message(message))) }

    /// Sends a presence once, in order with all other presences.
    func send(_ presence: Presence) {
        // Earlier presences may be queued after a refusal. This one is queued behind them, so that the newest comes
        // last.
        if outbox.isResendPlanned { return keep(.presence(presence)) }
        kernel.order(.send(.presence(presence)))
    }

    /// Sends an IQ once.
    func send(_ iq: IQ) { kernel.order(.send(.iq(iq))) }

    /// Sends words to one client, or to the bare JID of a user. The user's other clients get copies (XEP-0280), as they
    /// have of the question. A text that must not be copied is not sent with this function.
    func tell(_ lines: [String], _ client: JID, from address: JID) {
        let head = StanzaHead(to: client, from: address, id: kernel.world.newID())
        deliver(.direct(Message(head, type: .chat, body: lines.joined(separator: "\n"))))
    }

    /// Answers a message with an error, unless the message is an error.
    func refuse(_ message: Message, _ error: StanzaError) {
        // An error is never answered with an error (RFC 6120 §8.3.1).
        guard message.type != .error else { return }
        kernel.count(.stanzaErrors)
        repeats.forget(id: message.head.id, to: message.head.to, from: message.head.from)
        deliver(.direct(message.error(error)))
    }

    /// Forgets a message of a user that has failed, so that the user may send it again with the same id.
    func forgetTaken(id: String?, to: JID?, from: JID?) { repeats.forget(id: id, to: to, from: from) }

    /// Answers a presence with an error, unless the presence is an error. The refusal of a request to enter a room
    /// holds the request's `<x/>` (XEP-0045 §7.2). Clients take a room for lost when it comes without a request.
    func refuse(_ presence: Presence, _ error: StanzaError) {
        guard presence.type != .error else { return }
        kernel.count(.stanzaErrors)
        let isEntry = presence.first("x", namespace: MUCJoin.namespace) != nil
        send(presence.error(error, echoing: isEntry ? [MUCJoin().element] : []))
    }

    /// Answers an IQ get or set with an error.
    func refuse(_ iq: IQ, _ error: StanzaError) {
        kernel.count(.stanzaErrors)
        send(iq.error(error))
    }

    /// Answers a message with an error when only the message's addresses and id were kept.
    func refuseMessage(of sender: Sender, _ error: StanzaError) {
        kernel.count(.stanzaErrors)
        repeats.forget(id: sender.id, to: sender.target, from: sender.jid)
        deliver(.direct(Message(sender.refusal, type: .error, payload: [error.element])))
    }

    /// Answers a presence with an error when only the presence's addresses and id were kept.
    func refusePresence(of sender: Sender, _ error: StanzaError) {
        kernel.count(.stanzaErrors)
        send(Presence(sender.refusal, type: .error, payload: [error.element]))
    }

    /// Answers an IQ get or set when only its addresses and id were kept. A success without payload is an empty result.
    func answerQuery(of sender: Sender, _ result: Result<Element?, StanzaError>) {
        switch result {
        case .success(let payload): send(IQ(sender.answer, type: .result, payload: payload.map { [$0] } ?? []))
        case .failure(let error):
            kernel.count(.stanzaErrors)
            send(IQ(sender.refusal, type: .error, payload: [error.element]))
        }
    }

    /// Sends an item now, or once the stream is open and all earlier items are sent. Keeps the item until a fence
    /// confirms it.
    func deliver(_ item: HomeOutbox.Item) {
        // Waiting items go first, so that items arrive in order.
        guard kernel.isLinkOpen, outbox.unsent.isEmpty else { return enqueue(stamped(item)) }
        send(item, isDelayed: false)
        confirm(item)
    }

    /// Whether a stored message can be sent now, or can wait in the outbox. If not, the message must wait in the
    /// registry.
    var takesStored: Bool {
        kernel.isLinkOpen && outbox.unsent.isEmpty || outbox.unsent.stored < HomeOutbox.mostStored
    }

    /// Sent messages that have left a full queue before a fence confirmed them. Only a break of the stream loses them.
    private var unguarded: (dropped: HomeOutbox.Dropped, batch: Int)?

    /// Adds a sent item to the outbox.
    func guardSent(_ item: consuming HomeOutbox.Item) {
        guard let dropped = outbox.sent(item) else { return }
        let count = (unguarded?.dropped.count ?? 0) + dropped.count
        unguarded = (HomeOutbox.Dropped(count: count, most: dropped.most), outbox.batch)
    }

    /// Forgets the unguarded messages if this fence was sent after all of them.
    func forgetUnguarded(before batch: Int) {
        if let unguarded, unguarded.batch < batch { self.unguarded = nil }
    }

    /// Counts the unguarded messages as dropped, because the stream has broken.
    func reportUnguarded() {
        report(unguarded?.dropped)
        unguarded = nil
    }

    /// Queues an item until the stream takes it.
    func enqueue(_ item: HomeOutbox.Item) { report(outbox.enqueue(item)) }

    /// Counts dropped live messages. Logs them at most once a minute.
    func report(_ dropped: HomeOutbox.Dropped?) {
        guard let dropped else { return }
        for _ in 0..<dropped.count { kernel.count(.messagesDropped) }
        guard dropReports.isDue(kernel.world.now()) else { return }
        kernel.log(
            .warning, "too many live messages wait for the XMPP server; the gateway drops the oldest",
            ["messages": "\(dropped.count)", "user": "\(dropped.most?.rawValue ?? "")"])
    }

    /// Sends a fence behind an item: at once for items that the registry holds, within a second for all others.
    private func confirm(_ item: HomeOutbox.Item) {
        switch item {
        case .stored, .report: fenceIfNeeded()
        case .direct, .roomMessage: planFence()
        case .refused: break
        }
    }
}
