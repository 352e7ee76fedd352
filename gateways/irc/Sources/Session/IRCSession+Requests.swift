import GatewayKit
import NIOCore

extension IRCSession {
    /// Handles a request while no connection is ready: lets it wait for one, or accepts or refuses it at once.
    func performOffline(_ request: Request) {
        switch link {
        case .closed: return
        case .closing: return fail(request, closingFailure)
        case .idle, .queued, .dialing, .up, .pausing: break
        }
        switch request.action {
        case .changeNick(let nick): changeNickOffline(nick, request)
        case .leave(let room, _): leaveOffline(room, request)
        case .room(let room, .topic), .room(let room, .kick), .room(let room, .invitation), .room(let room, .rank),
            .room(let room, .add), .room(let room, .remove), .room(let room, .settings), .ask(.list(let room, _)),
            .ask(.settings(let room)), .ask(.command(_, at: .room(let room))):
            failInRoom(room, request)
        case .ask(.rooms), .ask(.raw), .ask(.command): wait(request)
        case .send(let content, to: let address): sendOffline(content, to: address, request)
        case .join, .ask(.profile), .ask(.software), .ask(.echo), .ask(.time): wait(request)
        // Presence and the list of watched people do not open a connection. The core tells them again when one is open.
        case .presence, .watch: emit(.outcome(request.id, .accepted(as: nil)))
        default: settleWithoutNetwork(request)
        }
    }

    /// Applies the user's own settings for a channel. No connection is needed for it.
    func prefer(_ settings: [String: String], in room: RoomAddress, _ request: Request) {
        switch link {
        case .closed: return
        case .closing: return fail(request, closingFailure)
        case .idle, .queued, .dialing, .up, .pausing: break
        }
        encodings.set(settings, for: room)
        emit(.outcome(request.id, .accepted(as: nil)))
    }

    /// Connects and stays connected, or lets an unused connection end again. A pause that the server has asked for goes
    /// on.
    func keepConnected(_ keeps: Bool, _ request: Request) {
        switch link {
        case .closed: return
        case .closing: return fail(request, closingFailure)
        case .idle, .queued, .dialing, .up, .pausing: break
        }
        keepsConnected = keeps
        client?.keepConnected(keeps, now: now)
        emit(.outcome(request.id, .accepted(as: nil)))
        guard keeps else {
            scheduleTurn()
            return stopIfNobodyNeedsIt()
        }
        if case .pausing(_, isStrict: true) = link { return }
        connect()
    }

    private func sendOffline(_ content: Content, to address: Address, _ request: Request) {
        let isCarried =
            switch content {
            case .text, .file: true
            case .reaction: announced.contains(.reactions)
            default: false
            }
        switch address {
        case .peer where isCarried: wait(request)
        case .room(let room) where isCarried: failInRoom(room, request)
        default: settleWithoutNetwork(request)
        }
    }

    /// Accepts or refuses a request that needs no connection, as the capabilities say.
    private func settleWithoutNetwork(_ request: Request) {
        if let failure = Self.refusal(of: request.action, network: network.id.rawValue) {
            fail(request, failure)
        } else {
            emit(.outcome(request.id, .accepted(as: nil)))
        }
    }

    /// Performs the requests that waited for the connection, in their order. A turn writes their lines, because the
    /// present one may have written its lines already.
    func becameReady() {
        client.map { notePolicy(of: $0) }
        rejoin = []
        failedAddresses = 0
        let requests = waiting
        waiting = []
        guard !requests.isEmpty else { return }
        for request in requests { client?.perform(request, now: now) }
        scheduleTurn()
    }

    private func wait(_ request: Request) {
        if case .pausing(_, isStrict: true) = link {
            let words = "\(network.id) has asked this gateway to stay away for a while. Try again later."
            return fail(request, Failure(.remoteDown, words))
        }
        guard waiting.count < IRCSession.waitingLimit else {
            return fail(request, Failure(.rateLimited, "Too many requests wait for the connection to \(network.id)."))
        }
        waiting.append(request)
        connect()
    }

    private func failInRoom(_ room: RoomAddress, _ request: Request) {
        let isComingBack = rejoin.contains { $0.room == room }
        fail(
            request,
            isComingBack
                ? Failure(.remoteDown, "The connection to \(network.id) broke. The gateway is trying to connect again.")
                : Failure(.notInRoom, "You are not in \(room.name)."))
    }

    private func changeNickOffline(_ nick: String, _ request: Request) {
        guard WantedNick.isValid(nick) else { return fail(request, IRCClient.badNick(nick)) }
        if let registration = client?.registration, case .up = link {
            guard !registration.isWelcomed else { return wait(request) }
            self.nick = WantedNick(name: nick, isChosen: true)
            client?.changeEarly(nick: nick, request: request.id)
            return scheduleTurn()
        }
        self.nick = WantedNick(name: nick, isChosen: true)
        emit(.outcome(request.id, .accepted(as: nil)))
    }

    private func leaveOffline(_ room: RoomAddress, _ request: Request) {
        let joins = waiting.filter { if case .join(room, _) = $0.action { true } else { false } }
        let wasComingBack = rejoin.contains { $0.room == room }
        guard wasComingBack || !joins.isEmpty else {
            return fail(request, Failure(.notInRoom, "You are not in \(room.name)."))
        }
        rejoin.removeAll { $0.room == room }
        client?.forgetRejoin(room)
        waiting.removeAll { waiting in joins.contains { $0.id == waiting.id } }
        for join in joins { fail(join, Failure(.notInRoom, "You left \(room.name) before you had entered it.")) }
        emit(.outcome(request.id, .accepted(as: nil)))
        stopIfNobodyNeedsIt()
    }

    /// Cancels the next attempt to connect if no room and no request waits for it, and the account need not stay
    /// connected.
    private func stopIfNobodyNeedsIt() {
        guard rejoin.isEmpty, waiting.isEmpty, !keepsConnected else { return }
        switch link {
        case .pausing(let task, _): task.cancel()
        case .queued(let task, let slot):
            task.cancel()
            slot.release()
        case .idle, .dialing, .up, .closing, .closed: return
        }
        link = .idle
        let words = "The gateway has stopped connecting to \(network.id), because you are in none of its channels."
        emit(.state(.offline(Failure(.remoteDown, words), retrying: false)))
    }

    /// Fails all open requests, sends QUIT with the reason, and closes the connection, for which the server has
    /// `partingTime`. `done` is called once. After that no event is emitted.
    func close(reason: String, done: @escaping () -> Void) {
        drain()
        for request in waiting { fail(request, closingFailure) }
        waiting = []
        rejoin = []
        switch link {
        case .up(let channel):
            client?.failRequests(closingFailure, now: now)
            client?.quit(reason)
            drain()
            flush()
            link = .closing
            release(channel, politely: true)
            channel.closeFuture.assumeIsolated().whenComplete { [self] _ in closed(done) }
        case .pausing(let task, _):
            task.cancel()
            closed(done)
        case .queued(let task, let slot):
            task.cancel()
            slot.release()
            closed(done)
        case .idle, .dialing, .closing, .closed: closed(done)
        }
    }

    private func closed(_ done: () -> Void) {
        connection += 1
        link = .closed
        done()
    }

    private var closingFailure: Failure {
        Failure(.remoteDown, "The gateway has closed the connection to \(network.id).")
    }
}
