import GatewayKit

/// Checks that requests end as the announced capabilities say, for every kind of content, change and question. A
/// request that is `rejected` fails as `unsupported`. A request that is `dropped` is accepted and not written to the
/// network. A request of any better grade is accepted and written.
struct CapabilityChecks {
    let conformance: AdapterConformance
    let findings: ConformanceFindings

    private var samples: ConformanceSamples { conformance.samples }
    private static let rule = "requests end as the announced capabilities say"

    nonisolated(nonsending) func run() async throws {
        for probe in CapabilityProbes(samples: samples).all { try await check(probe) }
        try await checkReports()
        if samples.room == nil { try await checkNoRooms() }
    }

    private nonisolated(nonsending) func check(_ probe: CapabilityProbes.Probe) async throws {
        let trial = try await Trial(conformance, findings)
        // On some networks, a peer can be reached only from within a room.
        if let room = samples.room, !probe.isJoin { _ = try await trial.perform(.join(room, password: nil)) }
        let action = probe.action(try await ownMessage(for: probe, in: trial))
        let grade = trial.grade(of: action)
        let before = trial.network.written?()
        let outcome = try await trial.perform(action)
        let written = trial.network.written.map { $0() - (before ?? 0) }
        judge(action, grade, outcome, written: written)
        try await trial.close()
    }

    private func judge(
        _ action: Request.Action, _ grade: Capabilities.Grade, _ outcome: Event?, written: Int?
    ) {
        switch (grade, outcome) {
        case (.rejected, .outcome(_, .failed(let failure))):
            findings.expect(
                failure.kind == .unsupported, "a rejected request fails as `unsupported`",
                "\(action.name) is rejected, and failed as \(failure.kind)")
        case (.rejected, _), (_, .outcome(_, .failed)), (_, nil):
            findings.add(Self.rule, "\(action.name) is \(grade), and ended with \(outcome?.summary ?? "nothing")")
        default:
            // The user's own settings for a room concern the session alone.
            guard let written, action.ability != .preferences else { return }
            findings.expect(
                (written == 0) == (grade == .dropped), Self.rule,
                "\(action.name) is \(grade), and \(written == 0 ? "nothing" : "something") reached the network")
        }
    }

    /// The network's id of a message from the account, to which the probe can refer. If the probe refers to none, or
    /// the network gives no id, this is an id that no message has.
    private nonisolated(nonsending) func ownMessage(
        for probe: CapabilityProbes.Probe, in trial: Trial
    ) async throws -> MessageID {
        let unknown = MessageID("no-such-message")
        guard probe.isAboutMessage, let address = probe.action(unknown).address,
            trial.capabilities(of: address).text >= .fallback,
            case .outcome(_, .accepted(as: let id?)) = try await trial.perform(.send(.text(Text("first")), to: address))
        else { return unknown }
        return id
    }

    /// Checks that delivery and read reports come only if the session has announced them.
    private nonisolated(nonsending) func checkReports() async throws {
        let trial = try await Trial(conformance, findings)
        let address = Address.peer(samples.peer)
        _ = try await trial.perform(.send(.text(Text("a message")), to: address))
        let capabilities = trial.capabilities(of: address)
        for (ability, outcome) in [(Ability.deliveryReport, Outcome.delivered), (.readReport, .read)] {
            let isReported = trial.sink.events.contains {
                if case .outcome(_, outcome) = $0 { true } else { false }
            }
            findings.expect(
                capabilities[ability] != .rejected || !isReported, Self.rule,
                "\(ability) is rejected, and \(outcome) was reported")
        }
        try await trial.close()
    }

    private nonisolated(nonsending) func checkNoRooms() async throws {
        let trial = try await Trial(conformance, findings)
        let room = CapabilityProbes.someRoom(on: samples.account.id.network)
        let outcome = try await trial.perform(.leave(room, reason: nil))
        guard case .outcome(_, .failed(let failure)) = outcome, failure.kind == .unsupported else {
            return findings.add("a network without rooms fails room requests as `unsupported`", "leave")
        }
        try await trial.close()
    }
}
