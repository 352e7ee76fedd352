import Basics
import GatewayKit
import Logging
import NIOCore
import Networking

extension IRCSession {
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

    /// Begins to dial in this turn of the loop or in one of the next.
    private func dial(with slot: UserConnections.Slot) {
        link = .dialing
        connection += 1
        environment.dials.perform { [self, connection] in dial(with: slot, connection: connection) }
    }

    private func dial(with slot: UserConnections.Slot, connection number: Int) {
        guard number == connection, case .dialing = link else { return slot.release() }
        let server = withCertificate(server())
        let words = server.tls == .plain ? "not encrypted" : "encrypted"
        emit(.state(.connecting("Connecting to \(server.endpoint) (\(words)).")))
        logger.info("connecting", metadata: ["server": "\(server.endpoint)"])
        let bound = NIOLoopBound(self, eventLoop: loop)
        environment.connect(server, account.id.user, dialRoute) { channel in
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
    func moveToNextAddress() -> Bool {
        address = (address + 1) % max(network.addresses.count, 1)
        failedAddresses = (failedAddresses + 1) % max(network.addresses.count, 1)
        return failedAddresses > 0
    }

    private var dialRoute: DialRoute {
        var route = network.route.dialRoute(for: account.id, hash: environment.hash)
        let bound = NIOLoopBound((buffers: environment.readBuffers, ident: identOwner(of: route)), eventLoop: loop)
        route.opened = { channel in
            bound.value.buffers.use(for: channel)
            if let (table, owner) = bound.value.ident { table.add(channel, owner: owner) }
        }
        route.handshakes = NIOLoopBound(environment.handshakes, eventLoop: loop)
        route.handlersClose = true
        return route
    }

    /// The table of the ident server, and the owner of this connection for it. Nil if no server can ask for the owner.
    private func identOwner(of route: DialRoute) -> (IdentTable, IdentOwner)? {
        guard let table = environment.ident, route.proxy == nil else { return nil }
        let owner = table.owner(
            account.id, userName: userName,
            hash: environment.hash)
        return (table, owner)
    }

    private static func end(for error: any Error) -> LinkEnd {
        guard let error = error as? DialError else {
            return LinkEnd(
                failure: Failure(.internal, "No connection was possible.", detail: ErrorWords.words(of: error)),
                cause: .broken)
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
        if pausedAt != nil { setReading(false, channel) }
        // WEBIRC "MUST be the first command", before the capability negotiation.
        network.webIRC?.line(for: account.id, hash: environment.hash)?.write(to: &outgoing)
        client = IRCClient(environment.surroundings(of: network), clientSettings(), login(), now: now)
        client?.keepsConnected = keepsConnected
        endTurn(connection: number)
    }

    private func clientSettings() -> IRCClient.Settings {
        let commands = (try? LoginField.lines(of: account.settings[LoginField.commands.rawValue] ?? "")) ?? []
        return IRCClient.Settings(
            announced: announced, commands: commands, regainsNick: isReturning, rejoin: rejoin,
            members: environment.connections.members(of: account.id.user))
    }

    /// The user name on IRC. It does not change with the nick, because masks of other people contain it, for example in
    /// ban lists.
    private var userName: MiddleParameter {
        UserName.choose(account.settings[LoginField.username.rawValue], nick: WantedNick(of: account).name)
    }

    private func login() -> ConnectionRegistration.Login {
        let settings = account.settings
        let password = settings[LoginField.serverPassword.rawValue].map { Secret($0) } ?? network.password
        return ConnectionRegistration.Login(
            nick: nick, user: userName,
            realName: settings[LoginField.realname.rawValue] ?? WantedNick(of: account).name, password: password,
            acceptsOtherNick: !nick.isChosen || isReturning, nickLength: network.nickLength, obeysSTS: obeysSTS,
            account: Credentials(settings, nick: nick.name, network: network, isEncrypted: server().tls != .plain)
                .map { AccountLogin($0, service: network.service, nonce: nonce()) })
    }

    /// A random text, different for each connection (`ScramExchange`).
    private func nonce() -> String {
        String(random.next(), radix: 36) + String(random.next(), radix: 36) + String(random.next(), radix: 36)
    }
}
