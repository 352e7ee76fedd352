import Basics
import Logging
import NIOCore
import Synchronization

/// The open connections of one listener. It admits connections within the limits, and tells all of them to end,
/// including those that have no handler yet. Call it from any thread.
final class WebhookConnections: Sendable {
    typealias ID = ConnectionSlots.ID

    /// One open connection.
    private struct Connection {
        let channel: any Channel
        let address: IPAddress
        var handler: NIOLoopBound<WebhookConnectionHandler>?
    }

    private struct State {
        var isStopping = false
        var lastID: ID = 0
        var open: [ID: Connection] = [:]
        var slots: ConnectionSlots
        var callers: CallerMemory
    }

    private let state: Mutex<State>
    private let proxies: TrustedProxies
    private let log: RefusalLog
    private let onRefusal: @Sendable (ConnectionRefusal) -> Void
    private let onReply: @Sendable (Int) -> Void
    private let now: @Sendable () -> NIODeadline

    /// - Parameters:
    ///   - onRefusal: called once for each connection that the limits close.
    ///   - onReply: called with the status of each reply.
    init(
        limits: WebhookLimits, log: RefusalLog, now: @escaping @Sendable () -> NIODeadline = { .now() },
        onRefusal: @escaping @Sendable (ConnectionRefusal) -> Void,
        onReply: @escaping @Sendable (Int) -> Void = { _ in }
    ) {
        self.onReply = onReply
        proxies = limits.trustedProxies
        self.log = log
        self.now = now
        self.onRefusal = onRefusal
        let slots = ConnectionSlots.Limits(
            total: limits.connections, perAddress: limits.connectionsPerAddress, reserved: limits.reservedConnections)
        state = Mutex(
            State(
                slots: ConnectionSlots(slots),
                callers: CallerMemory(capacity: limits.knownCallers, span: limits.knownFor)))
    }

    /// Notes a new connection until it closes; nil if the limits refuse it. Call it on the connection's event loop.
    func admit(_ channel: any Channel) -> ID? {
        // A connection without an address has been closed by the peer already.
        guard let address = channel.remoteAddress?.ipAddress.flatMap({ IPAddress($0) }) else { return nil }
        let (id, admission, victim) = state.withLock { state in
            state.lastID += 1
            let id = state.lastID
            let admission = state.slots.open(id, by: caller(address, state))
            var victim: Connection?
            if case .inPlace(let other) = admission { victim = state.open.removeValue(forKey: other) }
            if case .refused = admission { return (id, admission, victim) }
            state.open[id] = Connection(channel: channel, address: address)
            return (id, admission, victim)
        }
        if case .refused(let reason) = admission {
            refused(reason, address)
            return nil
        }
        if let victim {
            victim.channel.close(promise: nil)
            refused(.evicted, victim.address)
        }
        channel.closeFuture.whenComplete { [self] _ in closed(id) }
        return id
    }

    /// Notes the handler of a connection, so that `stop()` can reach it. Call it on the connection's event loop.
    func setHandler(of id: ID, _ handler: NIOLoopBound<WebhookConnectionHandler>) {
        let isStopping = state.withLock { state in
            state.open[id]?.handler = handler
            return state.isStopping
        }
        if isStopping { handler.value.stop() }
    }

    /// Notes that the header of a request is complete. Returns nil if the request may go on, otherwise the reason of
    /// the refusal.
    func requestBegan(on id: ID, for address: IPAddress) -> ConnectionRefusal? {
        let refusal = state.withLock { state in state.slots.requestBegan(on: id, for: caller(address, state)) }
        if let refusal, refusal != .evicted { refused(refusal, address) }
        return refusal
    }

    /// The number of open connections.
    var count: Int { state.withLock { $0.open.count } }

    /// Notes that a reply with this status is sent.
    func replied(_ status: Int) { onReply(status) }

    /// Notes that the request is over.
    func requestEnded(on id: ID) { state.withLock { $0.slots.requestEnded(on: id) } }

    /// Notes that a call from that address was verified: the address may use the reserve.
    func verified(_ address: IPAddress) {
        state.withLock { state in
            guard state.callers.remember(address.subnet, now: now()) else { return }
            state.slots.verified(address.subnet)
        }
    }

    /// Lets the requests in hand end, and closes each connection after its request; also closes connections that open
    /// later.
    func stop() {
        let all = state.withLock { state in
            state.isStopping = true
            return state.open.values.compactMap { $0.handler }
        }
        for handler in all { handler.eventLoop.execute { handler.value.stop() } }
    }

    /// Waits until the connections that are open now have closed. After `stop()` that takes no longer than
    /// `WebhookLimits` allow.
    func closed() async {
        for connection in state.withLock({ Array($0.open.values) }) {
            try? await connection.channel.closeFuture.get()
        }
    }

    private func caller(_ address: IPAddress, _ state: borrowing State) -> ConnectionSlots.Caller {
        let subnet = address.subnet
        return ConnectionSlots.Caller(
            subnet: subnet, isKnown: state.callers.knows(subnet, now: now()), isProxy: proxies.contains(address))
    }

    private func closed(_ id: ID) {
        state.withLock { state in
            state.open[id] = nil
            state.slots.close(id)
        }
    }

    private func refused(_ reason: ConnectionRefusal, _ address: IPAddress) {
        onRefusal(reason)
        log.refused("http connection refused", from: "\(address)", metadata: ["why": "\(reason.words)"])
    }
}
