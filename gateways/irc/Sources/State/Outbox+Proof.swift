import GatewayKit
import NIOCore

extension Outbox {
    /// A message of ours came back. Returns what it settles; nothing, if nobody waits for it.
    mutating func echoed(target: FoldedName, text: String, label: Int?, id: MessageID?) -> Outcome? {
        guard let index = indexOfEcho(target: target, text: text, label: label) else { return nil }
        let entry = inFlight.remove(at: index)
        if open[entry.line.ticket]?.messageID == nil { open[entry.line.ticket]?.messageID = id }
        return confirm(entry.line.ticket)
    }

    private func indexOfEcho(target: FoldedName, text: String, label: Int?) -> Int? {
        if let label { return inFlight.firstIndex { $0.label == label && $0.line.kind == .message } }
        // Without a label only a line that was sent without one; what comes back of others was written to ourselves.
        func isCandidate(_ entry: InFlight) -> Bool {
            entry.line.kind == .message && entry.line.target == target && entry.proof == .echo
        }
        // The server may have changed the text (colours removed); then the order decides.
        return inFlight.firstIndex { isCandidate($0) && $0.line.text == text }
            ?? inFlight.firstIndex(where: isCandidate)
    }

    /// The answer with this label is complete, and refused nothing.
    mutating func answered(label: Int) -> Outcome? {
        guard let index = inFlight.firstIndex(where: { $0.label == label }) else { return nil }
        // What shows itself as an event has not, so there is nothing to report yet.
        guard inFlight[index].line.kind.isSubset(of: [.message, .topic, .part]) else { return nil }
        return confirm(inFlight.remove(at: index).line.ticket)
    }

    /// An event shows that the network has done what was asked.
    mutating func observed(_ kind: RequestKinds, target: FoldedName, person: FoldedName? = nil) -> Outcome? {
        let index = inFlight.firstIndex {
            $0.line.kind == kind && $0.line.target == target && (person == nil || $0.line.person == person)
        }
        return index.flatMap { confirm(inFlight.remove(at: $0).line.ticket) }
    }

    /// Whether a line of that kind is in flight, with that label if there is one.
    func awaits(_ kind: RequestKinds, target: FoldedName, label: Int?) -> Bool {
        inFlight.contains { $0.line.kind == kind && $0.line.target == target && (label == nil || $0.label == label) }
    }

    /// A PONG. Settles all lines that were written before the fence, if it is the fence's.
    mutating func fenceAnswered(token: String) -> [Outcome] {
        guard let fence, fence.token == token else { return [] }
        self.fence = nil
        var outcomes: [Outcome] = []
        let before = inFlight
        inFlight.removeAll(keepingCapacity: inFlight.capacity <= Outbox.keptCapacity)
        for entry in before {
            if entry.sequence > fence.covers || !entry.line.kind.isSubset(of: [.message, .topic, .part]) {
                inFlight.append(entry)
            } else if entry.line.kind == .message, entry.proof != .fence {
                let failure = Failure(.unknownOutcome, "The network did not confirm this message.")
                outcomes += settle(entry.line.ticket, .failure(failure)).map { [$0] } ?? []
            } else {
                outcomes += confirm(entry.line.ticket).map { [$0] } ?? []
            }
        }
        return outcomes
    }

    /// Gives up on commands that nobody answered.
    mutating func expire(now: NIODeadline) -> [Outcome] {
        let events: RequestKinds = [.join, .kick, .nick]
        let late = inFlight.filter {
            $0.line.kind.isSubset(of: events) && now >= $0.written + Outbox.commandTimeout
        }
        inFlight.removeAll { entry in late.contains { $0.sequence == entry.sequence } }
        return late.compactMap {
            settle($0.line.ticket, .failure(Failure(.unknownOutcome, "The network did not answer this request.")))
        }
    }

    /// The connection is gone: nothing more will be heard.
    mutating func abandon(_ failure: Failure) -> [Outcome] {
        let tickets = open.keys.sorted()
        queue = []
        inFlight = []
        fence = nil
        return tickets.compactMap { ticket in
            guard let request = open[ticket] else { return nil }
            guard request.wasWritten, !request.kind.isSubset(of: [.join, .nick]) else {
                return settle(ticket, .failure(failure))
            }
            let words = "The connection broke before the network confirmed this; it may or may not have arrived."
            return settle(ticket, .failure(Failure(.unknownOutcome, words, detail: failure.text)))
        }
    }

    /// One line of a request is taken.
    private mutating func confirm(_ ticket: Int) -> Outcome? {
        guard let index = open.index(forKey: ticket) else { return nil }
        guard open.values[index].unsettled <= 1 else {
            open.values[index].unsettled -= 1
            open.values[index].confirmed += 1
            return nil
        }
        return settle(ticket, .success(open.values[index].messageID))
    }

    /// Ends a request. Its lines in flight stay, so that answers to them are not taken for answers to others.
    mutating func settle(_ ticket: Int, _ result: Result<MessageID?, Failure>) -> Outcome? {
        guard let request = open.removeValue(forKey: ticket) else { return nil }
        if !queue.isEmpty { queue.removeAll { $0.ticket == ticket } }
        return Outcome(request: request.request, kind: request.kind, target: request.target, result: result)
    }
}
