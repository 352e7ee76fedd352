import DequeModule
import GatewayKit

extension Outbox {
    /// Handles an error reply. Fails the line with the reply's label. Without a label, fails the oldest line in flight
    /// that fits one of the meanings; meanings that name a target or command go before those that name nothing. Returns
    /// whether a line was found, and the outcome if its request was still open.
    mutating func refused(
        _ meanings: [Refusal], parameters: [String], label: Int?, fold: (String) -> FoldedName
    ) -> (matched: Bool, outcome: Outcome?) {
        let name = parameters.count > 1 ? parameters[1] : ""
        let subject = Refusal.Subject(name: fold(name), command: RequestKind(command: name))
        func meaning(for request: OpenRequest, isNamed: Bool) -> Refusal? {
            meanings.first { ($0.subjectKind != .nothing) == isNamed && $0.fits(request, subject) }
        }
        if let label {
            guard let index = inFlight.firstIndex(where: { $0.label == label }) else { return (false, nil) }
            let request = inFlight[index].request
            let meaning =
                meaning(for: request, isNamed: true) ?? meaning(for: request, isNamed: false)
                ?? meanings.first { $0.kinds.contains(request.kind) }
            return (true, refuse(at: index, meaning?.failure(for: parameters) ?? Refusal.unknown(parameters)))
        }
        for isNamed in [true, false] {
            for (index, entry) in inFlight.enumerated() {
                guard let meaning = meaning(for: entry.request, isNamed: isNamed) else { continue }
                return (true, refuse(at: index, meaning.failure(for: parameters)))
            }
        }
        return (false, nil)
    }

    private mutating func refuse(at index: Int, _ failure: Failure) -> Outcome? {
        let request = inFlight.remove(at: index).request
        guard request.confirmed > 0 else { return settle(request, .failure(failure)) }
        var partial = failure
        partial.text += " The first \(request.confirmed == 1 ? "line" : "\(request.confirmed) lines") arrived."
        return settle(request, .failure(partial))
    }
}
