import DequeModule
import GatewayKit
import NIOCore

extension Outbox {
    /// A message of ours came back. Returns what it settles; nothing, if nobody waits for it.
    mutating func echoed(_ kind: RequestKind, target: FoldedName, text: String, label: Int?, id: MessageID?)
        -> Outcome?
    {
        guard let index = indexOfEcho(kind, target: target, text: text, label: label) else { return nil }
        let request = inFlight.remove(at: index).request
        if request.messageID == nil { request.messageID = id }
        return confirm(request)
    }

    /// Tags of ours came back without what we said with them, so the network has not passed it on.
    mutating func stripped(label: Int) -> Outcome? {
        guard let index = inFlight.firstIndex(where: { $0.label == label && $0.request.kind == .tagMessage }) else {
            return nil
        }
        let failure = Failure(.unsupported, "The network does not pass this on.")
        return settle(inFlight.remove(at: index).request, .failure(failure))
    }

    private func indexOfEcho(_ kind: RequestKind, target: FoldedName, text: String, label: Int?) -> Int? {
        if let label { return inFlight.firstIndex { $0.label == label && $0.request.kind == kind } }
        // Without a label only a line that was sent without one; what comes back of others was written to ourselves.
        func isCandidate(_ entry: InFlight) -> Bool {
            entry.request.kind == kind && entry.request.target == target && entry.proof == .echo
        }
        // The server may have changed the text (colours removed); then the order decides.
        return inFlight.firstIndex { isCandidate($0) && $0.text == text } ?? inFlight.firstIndex(where: isCandidate)
    }

    /// The answer with this label is complete, and refused nothing.
    mutating func answered(label: Int) -> Outcome? {
        guard let index = inFlight.firstIndex(where: { $0.label == label }) else { return nil }
        // What shows itself as an event has not, so there is nothing to report yet.
        guard !inFlight[index].request.kind.needsEvent else { return nil }
        return confirm(inFlight.remove(at: index).request)
    }

    /// An event shows that the network has done what was asked.
    mutating func observed(_ kind: RequestKind, target: FoldedName, person: FoldedName? = nil) -> Outcome? {
        let index = inFlight.firstIndex {
            $0.request.kind == kind && $0.request.target == target && (person == nil || $0.request.person == person)
        }
        return index.flatMap { confirm(inFlight.remove(at: $0).request) }
    }

    /// Whether a line of that kind is in flight, with that label if there is one.
    func awaits(_ kind: RequestKind, target: FoldedName, label: Int?) -> Bool {
        inFlight.contains {
            $0.request.kind == kind && $0.request.target == target && (label == nil || $0.label == label)
        }
    }

    /// A PONG. Settles all lines that were written before the fence, if it is the fence's.
    mutating func fenceAnswered(token: String) -> [Outcome] {
        guard let fence, fence.token == token else { return [] }
        self.fence = nil
        var outcomes: [Outcome] = []
        var unproved: [InFlight] = []
        outcomes.reserveCapacity(inFlight.count)
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

    /// The network has read this line. It should have shown a message that it took, if it shows them at all.
    private mutating func fenced(_ entry: InFlight) -> Outcome? {
        guard entry.request.kind.isEchoed, entry.proof != .fence else { return confirm(entry.request) }
        let failure = Failure(.unknownOutcome, "The network did not confirm this message.")
        return settle(entry.request, .failure(failure))
    }

    /// Gives up on commands that nobody answered.
    mutating func expire(now: NIODeadline) -> [Outcome] {
        let late = inFlight.filter { $0.request.kind.needsEvent && now >= $0.written + Outbox.commandTimeout }
        guard !late.isEmpty else { return [] }
        inFlight.removeAll { entry in late.contains { $0.sequence == entry.sequence } }
        return late.compactMap {
            settle($0.request, .failure(Failure(.unknownOutcome, "The network did not answer this request.")))
        }
    }

    /// The connection is gone: nothing more will be heard.
    mutating func abandon(_ failure: Failure) -> [Outcome] {
        let requests = inFlight.map(\.request) + queue.map(\.request)
        queue = []
        inFlight = []
        fence = nil
        return requests.compactMap { request in
            guard request.wasWritten, request.kind != .join, request.kind != .nick else {
                return settle(request, .failure(failure))
            }
            let words = "The connection broke before the network confirmed this; it may or may not have arrived."
            return settle(request, .failure(Failure(.unknownOutcome, words, detail: failure.text)))
        }
    }

    /// One line of a request is taken.
    private mutating func confirm(_ request: OpenRequest) -> Outcome? {
        guard request.unsettled > 1 else { return settle(request, .success(request.messageID)) }
        request.unsettled -= 1
        request.confirmed += 1
        return nil
    }

    /// Ends a request, if it has not ended. Its lines in flight stay, so that answers to them are not taken for answers
    /// to others.
    mutating func settle(_ request: OpenRequest, _ result: Result<MessageID?, Failure>) -> Outcome? {
        guard request.unsettled > 0 else { return nil }
        request.unsettled = 0
        openRequests -= 1
        if !queue.isEmpty { queue.removeAll { $0.request === request } }
        return Outcome(request: request, result: result)
    }
}
