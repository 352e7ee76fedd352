import Basics
import GatewayKit

/// Checks that hostile requests, and requests outside of a room, get exactly one outcome.
struct RequestChecks {
    let conformance: AdapterConformance
    let findings: ConformanceFindings

    private var samples: ConformanceSamples { conformance.samples }

    nonisolated(nonsending) func run() async throws {
        try await checkHostileMessages()
        try await checkHostileNames()
        try await checkStranger()
    }

    private nonisolated(nonsending) func checkHostileMessages() async throws {
        let trial = try await Trial(conformance, findings)
        if let room = samples.room { _ = try await trial.perform(.join(room, password: nil)) }
        let targets: [Address] = [.peer(samples.peer)] + (samples.room.map { [.room($0)] } ?? [])
        for target in targets {
            for text in HostileText.all + ["one\ntwo\n\nthree"] {
                _ = try await trial.perform(.send(.text(Text(text)), to: target))
                _ = try await trial.perform(.send(.text(Text(text, form: .action)), to: target))
                _ = try await trial.perform(.send(.file(File(at: text, caption: text)), to: target))
                _ = try await trial.perform(.send(.reaction(MessageID(text), [text]), to: target))
            }
        }
        if let room = samples.room {
            for text in HostileText.all {
                _ = try await trial.perform(.room(room, .topic(text)))
                _ = try await trial.perform(.room(room, .kick(nick: text, reason: text)))
            }
            _ = try await trial.perform(.leave(room, reason: "a\r\nb\0c"))
        }
        try await trial.close()
    }

    /// Uses hostile names that `NetworkRules` would have refused, and hostile passwords of rooms.
    private nonisolated(nonsending) func checkHostileNames() async throws {
        let trial = try await Trial(conformance, findings, isCanonical: false)
        let network = samples.account.id.network
        for text in HostileText.all {
            _ = try await trial.perform(
                .send(.text(Text("x")), to: .peer(PeerAddress(network: network, name: text))))
            _ = try await trial.perform(.join(RoomAddress(network: network, name: text), password: Secret(text)))
            _ = try await trial.perform(.leave(RoomAddress(network: network, name: text), reason: nil))
        }
        for text in HostileText.lineBreakers + [""] {
            let outcome = try await trial.perform(.changeNick(text))
            findings.expect(
                outcome?.isFailure == true, "an impossible nick is refused", HostileText.shown(text))
        }
        try await trial.close()
    }

    /// Checks that a request that needs a room fails while the account is outside, and that joining a closed room
    /// fails.
    private nonisolated(nonsending) func checkStranger() async throws {
        guard let room = samples.room else { return }
        let trial = try await Trial(conformance, findings)
        for action: Request.Action in [
            .room(room, .topic("x")), .room(room, .kick(nick: "x", reason: nil)), .leave(room, reason: nil),
        ] {
            let outcome = try await trial.perform(action)
            findings.expect(
                outcome?.isFailure == true, "a request that needs a room fails outside of the room",
                "\(action.name) ended with \(outcome?.summary ?? "nothing")")
        }
        if let closed = samples.closedRoom {
            let outcome = try await trial.perform(.join(closed, password: nil))
            findings.expect(
                outcome?.isFailure == true && !trial.rooms.isInside(closed),
                "joining a closed room fails",
                "it ended with \(outcome?.summary ?? "nothing")")
        }
        try await trial.close()
    }
}
