import GatewayKit
import NIOCore

extension IRCClient {
    static let failureHandlers = [
        HandlerRow("FAIL", least: 2) { $0.receivedStandardFailure($1) }
    ]

    /// Reports the outcome of a request to the core, and updates the channels and reactions that it changes.
    mutating func settle(_ outcome: consuming Outbox.Outcome?, now: NIODeadline) {
        guard let outcome else { return }
        let request = outcome.request
        guard request.kind != .message else { return report(request.id, outcome.result) }
        switch (request.kind, outcome.result) {
        case (.join, .failure(let failure)): return entryFailed(request.target, failure, now: now)
        case (.join, .success), (.list, .success): return
        case (.list, .failure(let failure)): return listFailed(failure)
        case (.raw, let result): return userLineEnded(result)
        case (.whois, .success): return profileEnded(request, nil)
        case (.whois, .failure(let failure)): return profileEnded(request, failure)
        case (.ctcp, .success): return
        case (.ctcp, .failure(let failure)):
            if let id = request.id, ctcpQuestions.remove(id) { fail(id, failure) }
            return
        case (.tagMessage, .success): request.id.map { reactions.ended($0, isDone: true) }
        case (.tagMessage, .failure): request.id.map { reactions.ended($0, isDone: false) }
        case (.address, _): return addressEnded(of: request.target, now: now)
        case (.modeList, .success): return answerList(request)
        case (.modeList, .failure): dropList(request)
        case (.part, .success): leftChannel(request.target, .left(reason: nil), now: now)
        case (.part, .failure(let failure)) where failure.kind == .notInRoom || failure.kind == .notFound:
            // We wanted to leave, and the network says that we are not in the channel. So the request has succeeded.
            leftChannel(request.target, .left(reason: nil), now: now)
            return report(request.id, .success(nil))
        default: break
        }
        report(request.id, outcome.result)
    }

    private mutating func report(_ request: RequestID?, _ result: consuming Result<MessageID?, Failure>) {
        guard let request else { return }
        switch consume result {
        case .success(let id): emit(.outcome(request, .accepted(as: id)))
        case .failure(let failure): fail(request, failure)
        }
    }

    /// Handles an error reply. It fails the request that it refuses. If it fits no request or several, its words are
    /// shown to the user.
    mutating func receivedError(_ number: Int, _ line: Inbound) {
        if number == 465 { hangUp(LinkEnd(failure: banned(line.parameters), cause: .banned)) }
        // A label tells that the reply belongs to the line of the user.
        if line.label != nil, takesRefusal(number, line) { return }
        let mapping = support.caseMapping
        let reply = ErrorReply(
            numeric: number, line.parameters, label: line.label,
            elsewhere: number == 470 ? otherChannel(line.parameters) : nil, fold: mapping.fold)
        let match = outbox.refused(by: reply, fold: mapping.fold)
        if case .refused = match { return refused(match, line) }
        if !takesRefusal(number, line) { refused(match, line) }
    }

    private func banned(_ parameters: [String]) -> Failure {
        Refusal(.all, .nothing, .forbidden, "You are banned from this network.").failure(for: parameters)
    }

    /// The channel to which a reply forwards us: the second channel that it names. Nil if no address can name it, or if
    /// it is the first one.
    private func otherChannel(_ parameters: [String]) -> Address? {
        guard parameters.count > 2 else { return nil }
        let name = parameters[2]
        guard fold(name) != fold(parameters[1]), MiddleParameter(name) != nil, let first = name.utf8.first,
            surroundings.channelTypes.utf8.contains(first)
        else { return nil }
        return .room(RoomAddress(network: surroundings.network, name: IRCRules.canonical(name)))
    }

    private mutating func receivedStandardFailure(_ line: Inbound) {
        let mapping = support.caseMapping
        if userLines.isCurrent(command: line.parameters[0]), outbox.awaitsReply(.raw, label: line.label) {
            let failure = Refusal.standardReply(code: line.parameters[1]).failure(for: line.parameters)
            return userLines.refused(failure)
        }
        let reply = ErrorReply(failure: line.parameters, label: line.label, fold: mapping.fold)
        refused(reply.map { outbox.refused(by: $0, fold: mapping.fold) } ?? .noRequest, line)
    }

    private mutating func refused(_ match: consuming Outbox.RefusalMatch, _ line: Inbound) {
        switch consume match {
        case .refused(let outcome):
            if wantsLogin(line), waitsForLogin(outcome, now: line.now) { return }
            settle(outcome, now: line.now)
        case .severalRequests, .noRequest: Refusal.words(line.parameters).map { tell($0) }
        }
    }

    /// Whether a refused JOIN may succeed after the login.
    private func wantsLogin(_ line: Inbound) -> Bool {
        line.message.command == .numeric(477)
            || line.message.command == .numeric(471)
                && Refusal.ofMode(in: line.parameters)?.failure == .registrationRequired
    }

    /// Handles a notice of the server to us. If it refuses an open request, fails that request and returns true.
    /// Otherwise returns false, and the caller shows the notice to the user.
    mutating func refusedByNotice(_ text: String, now: NIODeadline) -> Bool {
        let mapping = support.caseMapping
        guard case .refused(let outcome) = outbox.refused(byNotice: text, fold: mapping.fold) else { return false }
        settle(outcome, now: now)
        return true
    }

    /// Fails every open request. Call this when the connection ends, because no answer can come any more.
    mutating func failRequests(_ failure: Failure, now: NIODeadline) {
        fail(earlyNickRequests, failure)
        earlyNickRequests = []
        listFailed(failure)
        listing = nil
        fail(userLines.endAll() + takeMaskRequests(), failure)
        for outcome in outbox.abandon(failure) where outcome.request.kind != .join {
            if outcome.request.kind == .whois {
                profileEnded(outcome.request, failure)
            } else if outcome.request.kind != .ctcp {
                report(outcome.request.id, outcome.result)
            }
        }
        fail(ctcpQuestions.takeAll(), failure)
        showStrayEchoes()
        for key in channels.keys {
            fail(channels[key]?.waiting ?? [], failure)
            channels[key]?.waiting = []
        }
    }

    /// Ends the client after its socket has closed: fails every open request, and reports every room as left. Returns
    /// the rooms to enter again on the next connection.
    mutating func ended(_ failure: Failure, now: NIODeadline) -> [Rejoin] {
        deliverUnfinished(now: now)
        hasEnded = true
        var rooms = registration.isReady ? [] : settings.rejoin
        for channel in channels.values where channel.isJoined || channel.waiting.isEmpty {
            rooms.append(Rejoin(room: channel.address, key: channel.key))
        }
        failRequests(failure, now: now)
        for channel in channels.values.sorted(by: { $0.name < $1.name }) where channel.isJoined {
            emit(.room(channel.address, .left(.disconnected(reason: failure.text))))
        }
        channels = [:]
        channelIndex.removeAll()
        memberCount = 0
        return rooms.sorted { $0.room.name < $1.room.name }
    }

    /// Removes a room from those to enter again. Call this when the user leaves it before the connection is ready.
    mutating func forgetRejoin(_ room: RoomAddress) { settings.rejoin.removeAll { $0.room == room } }
}
