import DequeModule
import GatewayKit

extension Outbox {
    /// An error reply, with what it can mean. Fails the line with that label, else the oldest line in flight that it
    /// fits. Returns whether there was one, and the outcome if its request was still open.
    mutating func refused(
        _ meanings: [Refusal], parameters: [String], label: Int?, fold: (String) -> FoldedName
    ) -> (matched: Bool, outcome: Outcome?) {
        let name = parameters.count > 1 ? parameters[1] : ""
        let (folded, command) = (fold(name), RequestKinds(command: name))
        func fits(_ meaning: Refusal, _ request: OpenRequest) -> Bool {
            guard meaning.kinds.contains(request.kind) else { return false }
            return switch meaning.place {
            case .name: request.target == folded || request.person == folded
            case .command: request.kind == command
            case .nothing: true
            }
        }
        if let label {
            guard let index = inFlight.firstIndex(where: { $0.label == label }) else { return (false, nil) }
            let request = inFlight[index].request
            let meaning = meanings.first { fits($0, request) } ?? meanings.first { $0.kinds.contains(request.kind) }
            return (true, refuse(at: index, meaning?.failure(for: parameters) ?? Refusal.unknown(parameters)))
        }
        for meaning in meanings {
            guard let index = inFlight.firstIndex(where: { fits(meaning, $0.request) }) else { continue }
            return (true, refuse(at: index, meaning.failure(for: parameters)))
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
