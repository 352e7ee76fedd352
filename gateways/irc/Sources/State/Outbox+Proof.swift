import DequeModule
import GatewayKit
import NIOCore

extension Outbox {
    /// The meaning of a line that comes from our own nick.
    enum Echo {
        /// It is the echo of a line of ours. The outcome is that of its request, if this was the last line without
        /// proof.
        case ours(Outcome?)
        /// No line in flight has its label or its text.
        case unknown
    }

    /// Handles a line that comes from our own nick. If the result is `unknown` and the line has no label, it may still
    /// be the echo of a line that the server has changed: see `mayBeChanged`.
    mutating func echoed(_ kind: RequestKind, target: FoldedName, text: String, label: Int?, id: MessageID?) -> Echo {
        guard let index = indexOfEcho(kind, target: target, text: text, label: label) else { return .unknown }
        let request = inFlight.remove(at: index).request
        if request.messageID == nil { request.messageID = id }
        return .ours(confirm(request))
    }

    /// Handles the echo of a TAGMSG whose reaction the network has removed. Returns the failure of its request.
    mutating func echoedWithoutTags(label: Int) -> Outcome? {
        guard let index = inFlight.firstIndex(where: { $0.label == label && $0.request.kind == .tagMessage }) else {
            return nil
        }
        let failure = Failure(.unsupported, "The network does not pass on reactions.")
        return settle(inFlight.remove(at: index).request, .failure(failure))
    }

    private func indexOfEcho(_ kind: RequestKind, target: FoldedName, text: String, label: Int?) -> Int? {
        if let label {
            return inFlight.firstIndex {
                $0.label == label && $0.request.kind == kind && (!$0.needsEcho || $0.request.target == target)
            }
        }
        // An echo without a label belongs to a line without one. For a labelled line to ourselves, the network also
        // delivers a copy without a label, which is not its echo.
        return inFlight.firstIndex { $0.awaitsEcho(kind, target: target) && $0.text == text }
    }

    /// Whether an echo with an unknown text can be that of a line whose text the server has changed, such as by
    /// removing colours or by cutting the end.
    func mayBeChanged(_ echo: StrayEcho) -> Bool {
        inFlight.contains {
            $0.awaitsEcho(echo.kind, target: echo.target) && CTCP($0.text)?.command == echo.form
        }
    }

    /// Keeps an echo that may be that of a changed line, and demands a fence. The answer to the fence shows which lines
    /// have got no echo. If too many echoes are kept, removes and returns the oldest one.
    mutating func remember(_ echo: StrayEcho) -> StrayEcho? {
        let oldest = strayEchoes.count >= Outbox.strayEchoLimit ? strayEchoes.removeFirst() : nil
        strayEchoes.append(echo)
        demand.urge()
        return oldest
    }

    /// Removes and returns the stray echoes that belong to no line. Call it after `fenceAnswered` and `abandon`.
    mutating func takeStrayEchoes() -> Deque<StrayEcho> {
        defer { strayEchoes = [] }
        return strayEchoes
    }

    /// Removes and returns the oldest stray echo that can belong to a line. Lines and echoes of one target keep their
    /// order.
    private mutating func takeStrayEcho(of entry: InFlight) -> StrayEcho? {
        guard !strayEchoes.isEmpty else { return nil }
        let form = CTCP(entry.text)?.command
        let index = strayEchoes.firstIndex { entry.awaitsEcho($0.kind, target: $0.target) && $0.form == form }
        return index.map { strayEchoes.remove(at: $0) }
    }

    /// Keeps the words of a notice that answers a message with that label. They are the reason, if no echo comes.
    func noticed(_ words: String, label: Int) {
        guard let entry = inFlight.first(where: { $0.label == label }), entry.needsEcho else { return }
        entry.request.notice = words.clipped(toBytes: 300)
    }

    /// Handles the end of a labelled answer that held no refusal. Returns the outcome of its request, if any. If the
    /// answer to a message in a channel held no echo, the outcome is unknown: a filter may have dropped the message
    /// (IRCv3 echo-message, labeled-response).
    mutating func answered(label: Int) -> Outcome? {
        guard let index = inFlight.firstIndex(where: { $0.label == label }) else { return nil }
        // JOIN, KICK and NICK are proved only by their event, which has not come yet.
        guard !inFlight[index].request.kind.needsEvent else { return nil }
        let entry = inFlight.remove(at: index)
        guard entry.needsEcho else { return confirm(entry.request) }
        return settle(entry.request, .failure(entry.request.notConfirmed))
    }

    /// Handles an event that shows that the network has carried out a command. Returns the outcome of the oldest
    /// request that fits.
    mutating func eventObserved(_ kind: RequestKind, target: FoldedName, secondName: FoldedName? = nil) -> Outcome? {
        let index = inFlight.firstIndex {
            $0.request.kind == kind && $0.request.target == target
                && (secondName == nil || $0.request.secondName == secondName)
        }
        return index.flatMap { confirm(inFlight.remove(at: $0).request) }
    }

    /// Handles a change of our own nick. Returns the outcome of the request that it answers: the one with that label or
    /// that nick. A line without a label answers the oldest request of a network without labels also if the nick is
    /// another one: the network has chosen it instead.
    mutating func nickChanged(to nick: FoldedName, label: Int?) -> Outcome? {
        let index =
            inFlight.firstIndex {
                $0.request.kind == .nick && (label == nil || $0.label == label) && $0.request.target == nick
            }
            ?? inFlight.firstIndex { $0.request.kind == .nick && $0.label == label }
        return index.flatMap { confirm(inFlight.remove(at: $0).request) }
    }

    /// Whether a line of that kind is in flight, with that label if there is one.
    func awaits(_ kind: RequestKind, target: FoldedName, label: Int?) -> Bool {
        inFlight.contains {
            $0.request.kind == kind && $0.request.target == target && (label == nil || $0.label == label)
        }
    }

    /// Handles a PONG. If it answers the fence, settles all lines before the fence that need no event. Call
    /// `takeStrayEchoes` after it.
    mutating func fenceAnswered(token: String) -> [Outcome] {
        guard let fence, fence.token == token else { return [] }
        self.fence = nil
        var outcomes = unsureRefusals.isEmpty ? [] : decideUnsure()
        var unproved: [InFlight] = []
        outcomes.reserveCapacity(outcomes.count + inFlight.count)
        while let next = inFlight.first, next.sequence <= fence.covers {
            let entry = inFlight.removeFirst()
            if entry.request.kind.needsEvent {
                unproved.append(entry)
            } else if let outcome = fenced(entry) {
                outcomes.append(outcome)
            }
        }
        if inFlight.isEmpty, outcomes.count > Outbox.keptLines { inFlight = [] }
        inFlight.prepend(contentsOf: unproved)
        return outcomes
    }

    /// Settles a line that the network has read without a refusal. A network with labels answers each line, so the outcome
    /// of a change or a user's line without an answer is unknown. If the network should have sent an echo of the line,
    /// and neither an echo nor a stray echo has come, the outcome is unknown. A private message counts as taken even
    /// so, because some networks do not echo those to services.
    private mutating func fenced(_ entry: InFlight) -> Outcome? {
        if entry.proof == .label, [.raw, .mode, .topic].contains(entry.request.kind) {
            let words = "The network did not answer this. It may or may not be done."
            return settle(entry.request, .failure(Failure(.unknownOutcome, words)))
        }
        guard entry.request.kind.isEchoed, entry.proof != .fence else { return confirm(entry.request) }
        if let echo = takeStrayEcho(of: entry) {
            if entry.request.messageID == nil { entry.request.messageID = echo.id }
            return confirm(entry.request)
        }
        if entry.request.isPrivateMessage { return confirm(entry.request) }
        return settle(entry.request, .failure(entry.request.notConfirmed))
    }

    /// Fails commands that had no answer within `commandTimeout`.
    mutating func expire(now: NIODeadline) -> [Outcome] {
        let late = inFlight.filter { $0.request.kind.needsEvent && now >= $0.written + Outbox.commandTimeout }
        guard !late.isEmpty else { return [] }
        inFlight.removeAll { entry in late.contains { $0.sequence == entry.sequence } }
        return late.compactMap {
            settle($0.request, .failure(Failure(.unknownOutcome, "The network did not answer this request.")))
        }
    }

    /// Ends all requests because the connection is gone. The outcome of written lines is unknown, except for JOIN and
    /// NICK, which have no effect without the connection.
    mutating func abandon(_ failure: Failure) -> [Outcome] {
        let requests = inFlight.map(\.request) + queue.map(\.request)
        queue = []
        inFlight = []
        fence = nil
        unsureRefusals = []
        return requests.compactMap { request in
            guard request.wasWritten, request.kind != .join, request.kind != .nick else {
                return settle(request, .failure(failure))
            }
            let words = "The connection broke before the network confirmed this; it may or may not have arrived."
            return settle(request, .failure(Failure(.unknownOutcome, words, detail: failure.text)))
        }
    }

    /// Counts one line of a request as taken. Returns the outcome if it was the last one.
    private mutating func confirm(_ request: OpenRequest) -> Outcome? {
        guard request.unsettled > 1 else { return settle(request, .success(request.messageID)) }
        request.unsettled -= 1
        request.confirmed += 1
        return nil
    }

    /// Ends a request, if it has no outcome yet. Its waiting lines are dropped. Its lines in flight stay, so that their
    /// answers are not taken for answers to other requests.
    mutating func settle(_ request: OpenRequest, _ result: Result<MessageID?, Failure>) -> Outcome? {
        guard request.unsettled > 0 else { return nil }
        request.unsettled = 0
        openRequests -= 1
        if !queue.isEmpty { queue.removeAll { $0.request === request } }
        return Outcome(request: request, result: result)
    }
}

extension OpenRequest {
    /// The failure of a message whose echo has not come.
    fileprivate var notConfirmed: Failure {
        let words = notice.map { ": \($0)" } ?? "."
        return Failure(.unknownOutcome, "The network did not confirm this message\(words)")
    }
}

extension Outbox.InFlight {
    /// Whether only an echo proves that the network has taken the line: a labelled answer is not enough. True for
    /// messages and reactions in channels. Private ones are not echoed by services.
    fileprivate var needsEcho: Bool {
        proof == .label && (request.kind == .message || request.kind == .tagMessage) && !request.canShareFence
    }

    /// Whether the line has this kind and target, and awaits an echo without a label.
    fileprivate func awaitsEcho(_ kind: RequestKind, target: FoldedName) -> Bool {
        request.kind == kind && request.target == target && proof == .echo
    }
}
