import GatewayKit

extension Outbox {
    /// An error reply, with what it can mean. Fails the line with that label, else the oldest line in flight that it
    /// fits. Returns whether there was one, and the outcome if its request was still open.
    mutating func refused(
        _ meanings: [Refusal], parameters: [String], label: Int?, fold: (String) -> FoldedName
    ) -> (matched: Bool, outcome: Outcome?) {
        let name = parameters.count > 1 ? parameters[1] : ""
        let (folded, command) = (fold(name), RequestKinds(command: name))
        func fits(_ meaning: Refusal, _ line: Line) -> Bool {
            guard meaning.kinds.contains(line.kind) else { return false }
            return switch meaning.place {
            case .name: line.target == folded || line.person == folded
            case .command: line.kind == command
            case .nothing: true
            }
        }
        if let label {
            guard let index = inFlight.firstIndex(where: { $0.label == label }) else { return (false, nil) }
            let line = inFlight[index].line
            let meaning = meanings.first { fits($0, line) } ?? meanings.first { $0.kinds.contains(line.kind) }
            return (true, refuse(at: index, meaning?.failure(for: parameters) ?? Refusal.unknown(parameters)))
        }
        for meaning in meanings {
            guard let index = inFlight.firstIndex(where: { fits(meaning, $0.line) }) else { continue }
            return (true, refuse(at: index, meaning.failure(for: parameters)))
        }
        return (false, nil)
    }

    private mutating func refuse(at index: Int, _ failure: Failure) -> Outcome? {
        let ticket = inFlight.remove(at: index).line.ticket
        guard let request = open[ticket] else { return nil }
        guard request.confirmed > 0 else { return settle(ticket, .failure(failure)) }
        var partial = failure
        partial.text += " The first \(request.confirmed == 1 ? "line" : "\(request.confirmed) lines") arrived."
        return settle(ticket, .failure(partial))
    }
}
