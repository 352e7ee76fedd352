import GatewayKit

/// What an adapter announces is what it does, for every kind of content, change and question: what is rejected fails as
/// `unsupported`, what is dropped is accepted and never written to the network, anything better is accepted and
/// written.
struct CapabilityChecks {
    let conformance: AdapterConformance
    let findings: ConformanceFindings

    private var samples: ConformanceSamples { conformance.samples }
    private static let rule = "capabilities tell what requests do"

    nonisolated(nonsending) func run() async throws {
        for probe in CapabilityProbes(samples: samples).all { try await check(probe) }
        try await checkReports()
        if samples.room == nil { try await checkNoRooms() }
    }

    private nonisolated(nonsending) func check(_ probe: CapabilityProbes.Probe) async throws {
        let trial = try await Trial(conformance, findings)
        // Some networks are reached only from within a room.
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
                failure.kind == .unsupported, "what is not supported fails as `unsupported`",
                "\(action.name) is rejected, and failed as \(failure.kind)")
        case (.rejected, _), (_, .outcome(_, .failed)), (_, nil):
            findings.add(Self.rule, "\(action.name) is \(grade), and ended with \(outcome?.summary ?? "nothing")")
        default:
            guard let written else { return }
            findings.expect(
                (written == 0) == (grade == .dropped), Self.rule,
                "\(action.name) is \(grade), and \(written == 0 ? "nothing" : "something") reached the network")
        }
    }

    /// The network's name for a message of ours that a probe refers to.
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

    /// Nothing is reported that was not announced.
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
            return findings.add("a network without rooms fails their requests as `unsupported`", "leave")
        }
        try await trial.close()
    }
}
