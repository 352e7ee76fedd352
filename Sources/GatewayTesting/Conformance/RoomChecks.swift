import GatewayKit

/// Checks that an event shows the effect of a room request before the request is accepted. The core informs its users
/// by these events.
struct RoomChecks {
    let conformance: AdapterConformance
    let findings: ConformanceFindings

    private var samples: ConformanceSamples { conformance.samples }

    nonisolated(nonsending) func run() async throws {
        guard let room = samples.room else { return }
        let trial = try await Trial(conformance, findings)
        try await expect(.join(room, password: nil), in: trial, shows: "joined") { event in
            if case .room(room, .joined(_)) = event { true } else { false }
        }
        let capabilities = trial.capabilities(of: .room(room))
        if capabilities[.topic] >= .partial {
            try await expect(.room(room, .topic("a topic")), in: trial, shows: "topicChanged") { event in
                if case .room(room, .topicChanged(let topic)) = event { topic.text == "a topic" } else { false }
            }
        }
        if trial.capabilities(of: nil)[.nickChange] >= .partial {
            let nick = samples.newNick
            try await expect(.changeNick(nick), in: trial, shows: "occupantRenamed") { event in
                if case .room(room, .occupantRenamed(from: _, let renamed)) = event {
                    renamed.nick == nick
                } else {
                    false
                }
            }
        }
        if capabilities[.kick] >= .partial, let nick = samples.kickable {
            try await expect(.room(room, .kick(nick: nick, reason: nil)), in: trial, shows: "occupantLeft") { event in
                switch event {
                case .room(room, .occupantLeft(nick: nick, .kicked)): true
                case .room(room, .occupantLeft(nick: nick, .banned)): true
                default: false
                }
            }
        }
        try await expect(.leave(room, reason: "Bye"), in: trial, shows: "left") { event in
            if case .room(room, .left(.left)) = event { true } else { false }
        }
        findings.expect(!trial.rooms.isInside(room), "events of rooms fit together", "still inside after `leave`")
        _ = try await trial.perform(.join(room, password: nil))
        findings.expect(
            trial.rooms.isInside(room), "a room can be entered again", "not inside after leaving and joining")
        try await trial.close()
    }

    /// Makes a request, and checks that it is accepted and that an event shows its effect before.
    ///
    /// - Parameters:
    ///   - name: the case of the event, for the output.
    ///   - isMeant: whether an event shows the effect.
    private nonisolated(nonsending) func expect(
        _ action: Request.Action, in trial: Trial, shows name: String, _ isMeant: (Event) -> Bool
    ) async throws {
        let before = trial.sink.events.count
        guard case .outcome(let id, .accepted(as: _)) = try await trial.perform(action) else {
            return findings.add("a request that the room supports is accepted", "\(action.name) was not")
        }
        let since = trial.sink.events.dropFirst(before)
        let shown = since.firstIndex(where: isMeant)
        let accepted =
            since.firstIndex { $0 == .outcome(id, .accepted(as: nil)) || $0.requestID == id } ?? since.endIndex
        findings.expect(
            shown.map { $0 < accepted } ?? false, "an event shows the effect of a request before `accepted`",
            "\(action.name): \(shown == nil ? "no `\(name)` came" : "`\(name)` came after `accepted`")")
    }
}
