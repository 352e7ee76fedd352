import Basics
import DequeModule
import GatewayKit
import Logging
import NIOCore
import Networking

extension IRCSession {
    /// How long the server may take to close the connection after our QUIT.
    private static let partingTime = TimeAmount.seconds(2)

    /// Dials, unless a connection is up, being made or being closed. If the user has as many connections as allowed,
    /// the waiting requests fail, and rooms are tried again later.
    func connect() {
        switch link {
        case .idle: break
        case .pausing(let task, _): task.cancel()
        case .queued, .dialing, .up, .closing, .closed: return
        }
        guard let slot = environment.connections.reserve(account.id.user, now: loop.now) else {
            let failure = environment.connections.failure
            logger.info("no connection", metadata: ["reason": "\(failure.detail ?? failure.text)"])
            return finish(LinkEnd(failure: failure, cause: .broken), rooms: rejoin)
        }
        takeTurn(with: slot, isFirst: true)
    }

    /// Dials, or waits until the user may dial again.
    private func takeTurn(with slot: UserConnections.Slot, isFirst: Bool) {
        guard let wait = environment.connections.takeDial(account.id.user, now: loop.now) else {
            return dial(with: slot)
        }
        let task = loop.assumeIsolated().scheduleTask(in: wait) { [self] in
            if case .queued = link { takeTurn(with: slot, isFirst: false) }
        }
        link = .queued(task, slot)
        guard isFirst else { return }
        logger.info("the user dials too often; this dial waits")
        let words = "You have connected very often within a minute. The connection to \(network.id) waits for its turn."
        emit(.state(.connecting(words)))
    }

    private func dial(with slot: UserConnections.Slot) {
        link = .dialing
        connection += 1
        let number = connection
        let (endpoint, server) = server()
        let words = server.tls == .plain ? "not encrypted" : "encrypted"
        emit(.state(.connecting("Connecting to \(endpoint) (\(words)).")))
        logger.info("connecting", metadata: ["server": "\(endpoint)"])
        let bound = NIOLoopBound(self, eventLoop: loop)
        environment.connect(withCertificate(server), endpoint, account.id.user, dialRoute) { channel in
            try channel.pipeline.syncOperations.addHandler(IRCChannelHandler(bound.value, connection: number))
        }
        .assumeIsolated().whenComplete { [self] result in
            switch result {
            // The slot counts the socket: release it when the socket closes, even if the session has given it up.
            case .success(let channel): channel.closeFuture.assumeIsolated().whenComplete { _ in slot.release() }
            case .failure(let error):
                slot.release()
                dialFailed(error, connection: number)
            }
        }
    }

    private func dialFailed(_ error: any Error, connection number: Int) {
        guard number == connection, case .dialing = link else { return }
        logger.info("no connection", metadata: ["reason": "\(error)"])
        if moveToNextAddress() {
            link = .idle
            return connect()
        }
        finish(IRCSession.end(for: error), rooms: rejoin)
    }

    /// Makes the next server the one to dial. Returns true if it has not been tried since the last ready connection.
    /// Returns false if all servers have been tried; then the caller must pause.
    private func moveToNextAddress() -> Bool {
        address = (address + 1) % max(network.addresses.count, 1)
        failedAddresses = (failedAddresses + 1) % max(network.addresses.count, 1)
        return failedAddresses > 0
    }

    private var dialRoute: DialRoute {
        var route = network.route.dialRoute(for: account.id, hash: environment.hash)
        guard let table = environment.ident, route.proxy == nil else { return route }
        let owner = table.owner(
            account.id, userName: UserName.choose(account.settings[LoginField.username.rawValue], nick: nick.name),
            hash: environment.hash)
        let bound = NIOLoopBound(table, eventLoop: loop)
        route.opened = { channel in bound.value.add(channel, owner: owner) }
        return route
    }

    private static func end(for error: any Error) -> LinkEnd {
        guard let error = error as? DialError else {
            return LinkEnd(
                failure: Failure(.internal, "No connection was possible.", detail: "\(error)"), cause: .broken)
        }
        let kind: Failure.Kind =
            switch error {
            case .notResolvable: .remoteNotFound
            case .lookUpFailed(_, .tooMany): .rateLimited
            case .addressNotAllowed: .forbidden
            case .badSettings: .internal
            case .lookUpFailed, .refused, .unreachable, .tooManyOpenFiles, .timedOut, .certificateNotTrusted,
                .tlsFailed, .closed, .noAddressForSource, .sourceNotUsable, .proxyFailed:
                .remoteDown
            }
        let failure = Failure(kind, error.userText, detail: "\(error)")
        return LinkEnd(failure: failure, cause: error.isTemporary ? .broken : .misconfigured)
    }

    /// Starts the protocol on a connection that has just been opened.
    func opened(_ channel: any Channel, connection number: Int) {
        guard number == connection, case .dialing = link else { return channel.close(promise: nil) }
        link = .up(channel)
        prepare(channel)
        // WEBIRC "MUST be the first command", before the capability negotiation.
        network.webIRC?.line(for: account.id, hash: environment.hash)?.write(to: &outgoing)
        client = IRCClient(clientSettings(), now: now)
        endTurn(connection: number)
    }

    /// Sets a fixed read size of 2 kB. The buffer stays with the connection, so it must be small. A small read also
    /// keeps the turn short, because the loop handles a whole read before it serves other connections.
    private func prepare(_ channel: any Channel) {
        channel.setOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 2048)).whenFailure { _ in
            channel.close(promise: nil)
        }
        if pausedAt != nil { setReading(false, channel) }
    }

    private func clientSettings() -> IRCClient.Settings {
        let settings = account.settings
        let password = settings[LoginField.serverPassword.rawValue].map { Secret($0) } ?? network.password
        let commands = (try? LoginField.lines(of: settings[LoginField.commands.rawValue] ?? "")) ?? []
        return IRCClient.Settings(
            network: network.id, title: network.id.rawValue, channelTypes: network.channelTypes,
            login: ConnectionRegistration.Login(
                nick: nick, user: UserName.choose(settings[LoginField.username.rawValue], nick: nick.name),
                realName: settings[LoginField.realname.rawValue] ?? nick.name, password: password,
                acceptsOtherNick: !nick.isChosen || isReturning, nickLength: network.nickLength, obeysSTS: obeysSTS,
                credentials: Credentials(
                    settings, nick: nick.name, network: network, isEncrypted: server().network.tls != .plain),
                service: network.service, nonce: nonce()),
            flood: network.flood, version: environment.version,
            announced: announced, commands: commands, regainsNick: isReturning, rejoin: rejoin,
            listBudget: environment.listBudget, inquiryPace: environment.inquiryPace, clock: environment.clock)
    }

    /// A random text, different for each connection (`ScramExchange`).
    private func nonce() -> String {
        String(random.next(), radix: 36) + String(random.next(), radix: 36) + String(random.next(), radix: 36)
    }

    /// Ends the connection after its socket has closed. `error` is the cause, nil if the server closed it.
    func closed(connection number: Int, _ error: (any Error)?) {
        guard number == connection, case .up = link else { return }
        let detail = error.map { "\($0)" } ?? "closed by the other side"
        let failure = Failure(.remoteDown, "The connection to \(network.id) broke.", detail: detail)
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
        if case .unencrypted(let port) = end.cause { return dialEncrypted(port, rooms, last.takeEffects()) }
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
    /// another attempt if it may succeed and there are rooms to enter again.
    ///
    /// - Parameter lastEffects: the last effects of the client. Only its events are still used.
    private func finish(_ end: LinkEnd, rooms: [IRCClient.Rejoin], lastEffects: Deque<IRCClient.Effect> = []) {
        let isRetrying = end.isTemporary && !rooms.isEmpty
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
