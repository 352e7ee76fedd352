import DequeModule
import GatewayKit

extension Outbox {
    /// The effect of an error reply on the lines in flight.
    enum RefusalMatch {
        /// A line is refused. The outcome is nil if its request had one before.
        case refused(Outcome?)
        /// The reply names nothing, and it fits several requests. A fence will decide them.
        case severalRequests
        /// The reply fits no line in flight.
        case noRequest
    }

    /// Handles an error reply. With a label, fails the line with that label. Otherwise fails the oldest line in flight
    /// whose target or command the reply names, by a parameter or in its text. A reply that names nothing fails a
    /// request only if it fits no other request in flight.
    mutating func refused(by reply: ErrorReply, fold: (String) -> FoldedName) -> RefusalMatch {
        if let label = reply.label {
            return inFlight.firstIndex { $0.label == label }.map { .refused(refuse(at: $0, reply)) } ?? .noRequest
        }
        guard !inFlight.isEmpty else { return .noRequest }
        if let index = indexOfNamed(reply, fold) {
            if keepUnsure(reply, at: index) { return .refused(nil) }
            return .refused(refuse(at: index, reply))
        }
        return refuseOnly(reply)
    }

    /// Handles a notice of the server to us. Fails the oldest line in flight whose target the notice names, if the
    /// words of the notice refuse something. The result is never `severalRequests`.
    mutating func refused(byNotice text: String, fold: (String) -> FoldedName) -> RefusalMatch {
        guard !inFlight.isEmpty, let reply = ErrorReply(notice: text),
            let index = inFlight.firstIndex(where: { reply.namesInText.contain($0.request.target, fold: fold) })
        else { return .noRequest }
        return .refused(refuse(at: index, reply))
    }

    private func indexOfNamed(_ reply: ErrorReply, _ fold: (String) -> FoldedName) -> Int? {
        func isPossible(_ entry: InFlight) -> Bool { reply.kinds?.contains(entry.request.kind) ?? true }
        return inFlight.firstIndex { entry in reply.meanings.contains { $0.applies(to: entry.request, by: reply) } }
            ?? inFlight.firstIndex { entry in
                isPossible(entry)
                    && reply.names.contains { $0 == entry.request.target || $0 == entry.request.secondName }
            }
            ?? inFlight.firstIndex { entry in
                // Any word of a sentence can be a nick by chance. A channel's name cannot stand in it by chance.
                isPossible(entry) && !IRCRules.isNick(entry.request.target.text)
                    && reply.namesInText.contain(entry.request.target, fold: fold)
            }
    }

    private mutating func refuseOnly(_ reply: ErrorReply) -> RefusalMatch {
        var found: Int?
        for (index, entry) in inFlight.enumerated() where reply.canRefuseNameless(entry.request.kind) {
            guard let first = found else {
                found = index
                continue
            }
            if inFlight[first].request !== entry.request {
                demand.urge()
                return .severalRequests
            }
        }
        return found.map { .refused(refuse(at: $0, reply)) } ?? .noRequest
    }

    private mutating func refuse(at index: Int, _ reply: ErrorReply) -> Outcome? {
        let request = inFlight.remove(at: index).request
        var failure = reply.failure(of: request)
        guard request.confirmed > 0 else { return settle(request, .failure(failure)) }
        failure.text += " The first \(request.confirmed == 1 ? "line" : "\(request.confirmed) lines") arrived."
        return settle(request, .failure(failure))
    }
}
