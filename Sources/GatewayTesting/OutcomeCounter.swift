import GatewayKit

/// Checks the outcomes of requests against the contract of `Request`: each request gets exactly one `accepted`,
/// `answer` or `failed`. After `accepted`, a message may get `delivered` and `read`, or `failed`.
package struct OutcomeCounter {
    private enum Stage { case open, accepted, delivered, over }

    private var stages: [RequestID: (action: Request.Action, stage: Stage)] = [:]

    package init() {}

    /// The ids of requests that have no outcome yet, in order.
    package var open: [RequestID] {
        stages.filter { $0.value.stage == .open }.map(\.key).sorted { $0.rawValue < $1.rawValue }
    }

    /// Adds a request. Call this before the session performs the request.
    package mutating func performed(_ request: Request) { stages[request.id] = (request.action, .open) }

    /// Takes in an event. Returns how it breaks the contract; nil if it does not.
    package mutating func received(_ event: Event) -> String? {
        guard let id = event.requestID else { return nil }
        guard let (action, stage) = stages[id] else { return "\(event.summary) belongs to no request" }
        guard let next = Self.next(after: stage, event, of: action) else {
            return "\(event.summary) came when \(action.name) was \(stage)"
        }
        stages[id]?.stage = next
        return nil
    }

    /// The stage of a request after an event; nil if the contract forbids the event at this stage.
    private static func next(after stage: Stage, _ event: Event, of action: Request.Action) -> Stage? {
        switch (event, stage) {
        case (.answer, .open): action.isQuestion ? .over : nil
        case (.outcome(_, .accepted), .open): action.isQuestion ? nil : .accepted
        case (.outcome(_, .failed), .open): .over
        case (.outcome(_, .delivered), .accepted): action.isMessage ? .delivered : nil
        case (.outcome(_, .read), .accepted), (.outcome(_, .read), .delivered): action.isMessage ? .over : nil
        case (.outcome(_, .failed), .accepted): action.isMessage ? .over : nil
        default: nil
        }
    }
}

extension Event {
    /// Whether the event is the outcome `failed`.
    package var isFailure: Bool { if case .outcome(_, .failed) = self { true } else { false } }

    /// A description for the output of tests, without texts and ids.
    var summary: String {
        switch self {
        case .outcome(_, .accepted): "accepted"
        case .outcome(_, .delivered): "delivered"
        case .outcome(_, .read): "read"
        case .outcome(_, .failed(let failure)): "failed(\(failure.kind))"
        case .answer: "answer"
        default: "an event"
        }
    }
}

extension Request.Action {
    /// Whether the action sends a message.
    package var isMessage: Bool { if case .send = self { true } else { false } }
    /// Whether the action asks a question, whose outcome is an `answer`.
    package var isQuestion: Bool { if case .ask = self { true } else { false } }

    /// A description for the output of tests. It contains no message text and no password.
    package var name: String {
        let target = address.map { " towards \($0.shownName)" } ?? ""
        return (ability?.rawValue ?? "leave") + target
    }
}

extension Address {
    /// A description for the output of tests.
    fileprivate var shownName: String {
        switch self {
        case .network(let network): "the network \(network)"
        case .peer(let peer): HostileText.shown(peer.name)
        case .room(let room): HostileText.shown(room.name)
        }
    }
}
