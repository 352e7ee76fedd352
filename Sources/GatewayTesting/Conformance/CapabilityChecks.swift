import GatewayKit

/// What an adapter says it can do is what it does.
struct CapabilityChecks {
    let conformance: AdapterConformance
    let findings: ConformanceFindings

    private var samples: ConformanceSamples { conformance.samples }

    nonisolated(nonsending) func run() async throws {
        let network = samples.account.id.network
        var addresses: [Address] = [.network(network), .peer(samples.peer)]
        if let room = samples.room { addresses.append(.room(room)) }
        for address in addresses {
            for feature in Capabilities.Feature.allCases { try await check(feature, towards: address) }
        }
        if samples.room == nil { try await checkNoRooms() }
    }

    private nonisolated(nonsending) func check(_ feature: Capabilities.Feature, towards address: Address) async throws {
        guard let action = action(for: feature, towards: address) else { return }
        let trial = try await Trial(conformance, findings)
        if case .room(let room) = address { _ = try await trial.perform(.join(room, password: nil)) }
        let support = trial.session.capabilities(for: address)[feature]
        let outcome = try await trial.perform(action)
        switch (support, outcome) {
        case (.rejected, .failed(_, let failure)):
            findings.expect(
                failure.kind == .unsupported, "what is not supported fails as `unsupported`",
                "\(action.name): \(feature) is rejected, and failed as \(failure.kind)")
        case (.rejected, _) where feature == .deliveryReport: break
        case (.rejected, _), (_, .failed), (_, nil):
            findings.add(
                "capabilities tell what requests do",
                "\(action.name): \(feature) is \(support), and ended with \(outcome?.summary ?? "nothing")")
        default: break
        }
        if feature == .deliveryReport { checkReport(support, in: trial) }
        try await trial.close()
    }

    private func checkReport(_ support: Capabilities.Support, in trial: Trial) {
        let isReported = trial.sink.events.contains { if case .delivered = $0 { true } else { false } }
        findings.expect(
            support != .rejected || !isReported, "capabilities tell what requests do",
            "deliveryReport is rejected, and a delivery was reported")
    }

    /// The request that shows whether a feature works; nil if it cannot be tried towards that address.
    private func action(for feature: Capabilities.Feature, towards address: Address) -> Request.Action? {
        switch (feature, address) {
        case (.message, _): .send(OutboundMessage(to: address, text: "a message"))
        case (.action, _): .send(OutboundMessage(to: address, text: "waves", form: .action))
        case (.deliveryReport, .peer): .send(OutboundMessage(to: address, text: "a message"))
        case (.deliveryReport, _): nil
        case (.topic, .room(let room)): .setTopic(room, "a topic")
        case (.kick, .room(let room)): .kick(room, nick: samples.kickable ?? samples.peer.name, reason: "a reason")
        case (.nickChange, .room): .changeNick(samples.newNick)
        case (.nickChange, .network) where samples.room == nil: .changeNick(samples.newNick)
        case (.nickChange, _), (.topic, _), (.kick, _): nil
        }
    }

    private nonisolated(nonsending) func checkNoRooms() async throws {
        let trial = try await Trial(conformance, findings)
        let room = RoomAddress(network: samples.account.id.network, name: "#room")
        let actions: [Request.Action] = [
            .join(room, password: nil), .leave(room, reason: nil), .setTopic(room, "x"),
            .kick(room, nick: "x", reason: nil), .send(OutboundMessage(to: .room(room), text: "x")),
        ]
        for action in actions {
            guard case .failed(_, let failure) = try await trial.perform(action), failure.kind == .unsupported else {
                findings.add("a network without rooms fails their requests as `unsupported`", action.name)
                continue
            }
        }
        try await trial.close()
    }
}
