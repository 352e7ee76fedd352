import DequeModule
import GatewayKit

/// A refusal that names the target of several messages under way, and without a label does not tell which one of them
/// the network has refused.
struct UnsureRefusal {
    let target: FoldedName
    let failure: Failure
    /// The sequence number of the last line that the network had read when it refused.
    let last: Int
}

extension Outbox {
    /// The maximum of `unsureRefusals`.
    static let unsureLimit = 64

    /// Keeps a refusal if it fits several messages to the target of this line, and demands a fence. Its answer decides
    /// them. Returns false if the refusal can only mean this line.
    mutating func keepUnsure(_ reply: ErrorReply, at index: Int) -> Bool {
        let entry = inFlight[index]
        // The network reads lines in their order, so it has not read those behind the fence.
        let last = fence?.covers ?? lastSequence
        guard entry.isMessageWithoutProof, unsureRefusals.count < Outbox.unsureLimit else { return false }
        let hasOther = inFlight.contains { other in
            other.isMessageWithoutProof && other.request !== entry.request
                && other.request.target == entry.request.target && other.sequence <= last
        }
        guard hasOther else { return false }
        let failure = reply.failure(of: entry.request)
        unsureRefusals.append(UnsureRefusal(target: entry.request.target, failure: failure, last: last))
        demand.urge()
        return true
    }

    /// Decides the messages of the kept refusals when a fence is answered. If there are as many refusals as messages,
    /// each message has failed. Otherwise some have arrived, and the outcome of each is unknown.
    mutating func decideUnsure() -> [Outcome] {
        var outcomes: [Outcome] = []
        while let first = unsureRefusals.first {
            let own = unsureRefusals.filter { $0.target == first.target }
            unsureRefusals.removeAll { $0.target == first.target }
            let requests = openMessages(to: first.target, upTo: own.map(\.last).max() ?? 0)
            for (index, request) in requests.enumerated() {
                let failure = own.count >= requests.count ? own[index].failure : Outbox.unsure(first.failure)
                if let outcome = settle(request, .failure(failure)) { outcomes.append(outcome) }
            }
        }
        return outcomes
    }

    /// The messages to a target that only a fence proves, up to a line, each once and in their order.
    private func openMessages(to target: FoldedName, upTo last: Int) -> [OpenRequest] {
        var requests: [OpenRequest] = []
        for entry in inFlight where entry.isMessageWithoutProof && entry.sequence <= last {
            let request = entry.request
            guard request.target == target, request.unsettled > 0, requests.last !== request else { continue }
            requests.append(request)
        }
        return requests
    }

    private static func unsure(_ failure: Failure) -> Failure {
        Failure(
            .unknownOutcome,
            "The network refused one of your last messages there and did not tell which one. \(failure.text)")
    }
}

extension Outbox.InFlight {
    /// Whether it is a message that only a fence proves.
    fileprivate var isMessageWithoutProof: Bool { proof == .fence && request.kind.isEchoed }
}
