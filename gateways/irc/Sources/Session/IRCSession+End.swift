import Basics
import DequeModule
import GatewayKit
import Logging
import NIOCore
import Networking

/// The end of a connection, and the plan for the next one.
extension IRCSession {
    /// How long the server may take to close the connection after our QUIT.
    private static let partingTime = TimeAmount.seconds(2)

    /// Ends the connection, which the server or an error has closed, and releases its socket, now or in one of the next
    /// turns of the loop. If a server with thousands of users goes away, the others are served in between.
    func broke(_ channel: any Channel, connection number: Int, _ error: (any Error)?) {
        environment.endings.perform { [self] in
            closed(connection: number, error)
            // The server would not answer the farewell of TLS any more.
            channel.closeAtOnce()
        }
    }

    /// Ends the connection. `error` is the cause, nil if the server closed it.
    func closed(connection number: Int, _ error: (any Error)?) {
        guard number == connection, case .up = link else { return }
        let detail = error.map { "\($0)" } ?? "closed by the other side"
        let reason = error.flatMap { TLSProblem(alertIn: $0) }.map { ": \($0.words)." } ?? "."
        let failure = Failure(.remoteDown, "The connection to \(network.id) broke\(reason)", detail: detail)
        ended(pendingEnd ?? LinkEnd(failure: failure, cause: .broken))
    }

    /// Ends the connection, whether its socket has closed or must be closed: reports the rooms as left, fails the open
    /// requests, and releases the socket.
    func ended(_ end: LinkEnd) {
        drain()
        guard case .up(let channel) = link, var last = client else { return }
        logger.info("disconnected", metadata: ["reason": "\(end.failure.detail ?? end.failure.text)"])
        keepNick(of: last)
        announced = last.announced
        // Ask the registration, not `isReady`: that is false already when the server has sent ERROR.
        if last.registration.isReady, now > last.keepalive.opened + .minutes(1) { backoff.reset() }
        let rooms = last.ended(end.failure, now: now)
        notePolicy(of: last)
        release(channel, politely: end.cause == .finished)
        if case .tlsDemanded(let port) = end.cause { return dialEncrypted(port, rooms, last.takeEffects()) }
        if last.registration.isReady {
            // The first server is the preferred one.
            address = 0
            failedAddresses = 0
        } else if moveToNextAddress(), end.cause == .broken {
            return tryNextServer(rooms, lastEffects: last.takeEffects())
        }
        finish(end, rooms: rooms, lastEffects: last.takeEffects())
    }

    /// Dials the next server at once, because a server has closed the connection before it was ready. The waiting
    /// requests go on waiting.
    private func tryNextServer(_ rooms: [IRCClient.Rejoin], lastEffects: Deque<IRCClient.Effect>) {
        rejoin = rooms
        link = .idle
        for case .emit(let event) in lastEffects { emit(event) }
        connect()
    }

    /// Forgets the connection and closes it. If `politely`, the server has `partingTime` to close it first.
    func release(_ channel: any Channel, politely: Bool) {
        connection += 1
        client = nil
        pendingEnd = nil
        cancelTimer()
        guard politely else { return channel.close(promise: nil) }
        let deadline = loop.scheduleTask(in: IRCSession.partingTime) { channel.closeAtOnce() }
        channel.closeFuture.whenComplete { _ in deadline.cancel() }
    }

    /// Settles the session after a connection has ended or could not be made: fails the waiting requests, and plans
    /// another attempt if it may succeed and there are rooms to enter again, or if the account stays connected.
    ///
    /// - Parameter lastEffects: the last effects of the client. Only its events are still used.
    func finish(_ end: LinkEnd, rooms: [IRCClient.Rejoin], lastEffects: Deque<IRCClient.Effect> = []) {
        let isRetrying = end.isTemporary && (!rooms.isEmpty || keepsConnected)
        rejoin = isRetrying ? rooms : []
        isReturning = isRetrying
        link = isRetrying ? pause(atLeast: end.pause) : .idle
        let stranded = waiting
        waiting = []
        // The core may send new requests while it handles these events, so the state above must be complete by now.
        for case .emit(let event) in lastEffects { emit(event) }
        for request in stranded { fail(request, end.failure) }
        switch link {
        // A new request has started another attempt meanwhile, so the session is not offline.
        case .queued, .dialing, .up, .closing, .closed: break
        case .idle, .pausing: emit(.state(.offline(end.failure, retrying: isRetrying)))
        }
    }

    private func pause(atLeast least: Duration) -> Link {
        let wait = max(backoff.next(random: &random), least)
        let task = loop.assumeIsolated().scheduleTask(in: TimeAmount(wait)) { [self] in
            if case .pausing = link { connectInTurn() }
        }
        return .pausing(task, isStrict: least > .zero)
    }

    /// Dials after a pause, when it is this session's turn among all that reconnect to the network.
    private func connectInTurn() {
        let wait = environment.reconnects.takeTurn(on: network.id, network.reconnects, now: loop.now)
        guard wait > .zero else { return connect() }
        let task = loop.assumeIsolated().scheduleTask(in: wait) { [self] in
            if case .pausing = link { connect() }
        }
        link = .pausing(task, isStrict: false)
    }

    /// Keeps the nick of the last connection for the next one. A nick that only replaced a taken one, such as `anna_`,
    /// is not kept.
    private func keepNick(of client: IRCClient) {
        let last = client.identity.nick
        guard client.registration.isWelcomed, !last.hasPrefix(nick.name + "_") else { return }
        nick = WantedNick(name: last, isChosen: nick.isChosen)
    }
}
