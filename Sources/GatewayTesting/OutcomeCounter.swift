import GatewayKit

/// Counts the outcomes of requests, and says where they break the promise of `Request`: exactly one `accepted` or
/// `failed`, and for a message at most one `delivered` or `failed` after its `accepted`.
package struct OutcomeCounter {
    private enum Stage { case open, accepted, over }

    private var stages: [RequestID: (action: Request.Action, stage: Stage)] = [:]

    package init() {}

    /// Requests without an outcome.
    package var open: [RequestID] {
        stages.filter { $0.value.stage == .open }.map(\.key).sorted { $0.rawValue < $1.rawValue }
    }

    package mutating func performed(_ request: Request) { stages[request.id] = (request.action, .open) }

    /// Takes in an event; returns what is wrong with it, or nil.
    package mutating func received(_ event: Event) -> String? {
        guard let id = event.requestID else { return nil }
        guard let (action, stage) = stages[id] else { return "\(event) belongs to no request" }
        switch (event, stage) {
        case (.accepted, .open): stages[id]?.stage = .accepted
        case (.failed, .open): stages[id]?.stage = .over
        case (.delivered, .accepted) where action.isMessage, (.failed, .accepted) where action.isMessage:
            stages[id]?.stage = .over
        default: return "\(event) came when \(action.name) was \(stage)"
        }
        return nil
    }
}

extension Request.Action {
    package var isMessage: Bool { if case .send = self { true } else { false } }

    /// For messages of tests; never shows a text or a password.
    package var name: String {
        switch self {
        case .send(let message): "send to \(message.to.shownName)"
        case .join(let room, password: _): "join \(HostileText.shown(room.name))"
        case .leave(let room, reason: _): "leave \(HostileText.shown(room.name))"
        case .changeNick: "changeNick"
        case .setTopic(let room, _): "setTopic of \(room.name)"
        case .kick(let room, nick: _, reason: _): "kick from \(room.name)"
        }
    }
}

extension Address {
    /// For messages of tests.
    fileprivate var shownName: String {
        switch self {
        case .network(let network): "the network \(network)"
        case .peer(let peer): HostileText.shown(peer.name)
        case .room(let room): HostileText.shown(room.name)
        }
    }
}
