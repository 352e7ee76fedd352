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
        case (.raw, let result): return questionEnded(result)
        case (.tagMessage, .success): request.id.map { reactions.ended($0, isDone: true) }
        case (.tagMessage, .failure): request.id.map { reactions.ended($0, isDone: false) }
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

    /// Handles an error reply. It fails the request that it refuses. If it fits no request, its text is shown to the
    /// user.
    mutating func receivedError(_ number: Int, _ line: Inbound) {
        let meanings = Refusal.byNumeric[number] ?? []
        if number == 465 { hangUp(LinkEnd(failure: banned(line.parameters), cause: .banned)) }
        refused(meanings, line) { client in
            guard !client.takesRefusal(number, line) else { return }
            let words = line.parameters.dropFirst().joined(separator: ": ")
            client.tell(words)
        }
    }

    private func banned(_ parameters: [String]) -> Failure {
        Refusal(.all, .nothing, .forbidden, "You are banned from this network.").failure(for: parameters)
    }

    private mutating func receivedStandardFailure(_ line: Inbound) {
        refused(Refusal.standardReply(line.parameters), line) { $0.tell(line.parameters.last ?? "") }
    }

    private mutating func refused(_ meanings: [Refusal], _ line: Inbound, otherwise: (inout IRCClient) -> Void) {
        let mapping = support.caseMapping
        let (matched, outcome) = outbox.refused(
            meanings, parameters: line.parameters, label: line.label, fold: mapping.fold)
        guard matched else { return otherwise(&self) }
        if line.message.command == .numeric(477), waitsForLogin(outcome, now: line.now) { return }
        settle(outcome, now: line.now)
    }

    /// Fails every open request. Call this when the connection ends, because no answer can come any more.
    mutating func failRequests(_ failure: Failure, now: NIODeadline) {
        fail(earlyNickRequests, failure)
        earlyNickRequests = []
        listFailed(failure)
        listing = nil
        fail(questions.endAll(), failure)
        for outcome in outbox.abandon(failure) where outcome.request.kind != .join {
            report(outcome.request.id, outcome.result)
        }
        for key in channels.keys {
            fail(channels[key]?.waiting ?? [], failure)
            channels[key]?.waiting = []
        }
    }

    /// Ends the client after its socket has closed: fails every open request, and reports every room as left. Returns
    /// the rooms to enter again on the next connection.
    mutating func ended(_ failure: Failure, now: NIODeadline) -> [Rejoin] {
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
        memberCount = 0
        return rooms.sorted { $0.room.name < $1.room.name }
    }

    /// Removes a room from those to enter again. Call this when the user leaves it before the connection is ready.
    mutating func forgetRejoin(_ room: RoomAddress) { settings.rejoin.removeAll { $0.room == room } }
}
