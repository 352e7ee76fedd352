import GatewayKit

/// Messages from the network, and when the network may believe them to be taken.
struct InboundChecks {
    let conformance: AdapterConformance
    let findings: ConformanceFindings

    private var samples: ConformanceSamples { conformance.samples }

    nonisolated(nonsending) func run() async throws {
        try await checkArrival()
        guard try conformance.makeNetwork().adapter.rules.description.delivery == .stored else { return }
        try await checkTaken(.stored, acknowledgements: 1)
        try await checkTaken(
            .refused(Failure(.internal, "The disk is full.", retry: .after(.seconds(1)))), acknowledgements: 0)
    }

    private nonisolated(nonsending) func checkArrival() async throws {
        let trial = try await Trial(conformance, findings)
        if let write = trial.network.write {
            // A session on demand may be offline until it is asked for something.
            _ = try await trial.perform(.send(OutboundMessage(to: .peer(samples.peer), text: "Are you there?")))
            let before = trial.sink.messages.count
            try write("Hello, 世界 <&>")
            try await trial.network.pump()
            let heard = trial.sink.messages.dropFirst(before).filter { $0.origin == .peer(samples.peer) }.map(\.text)
            findings.expect(
                heard == ["Hello, 世界 <&>"], "a peer's message arrives once, from its address, as it was written",
                "\(heard.count) messages: \(heard.map(HostileText.shown))")
        }
        try await trial.close()
    }

    /// For networks of delivery `stored`: the network is told that we have a message when, and only when, the core
    /// has taken it.
    private nonisolated(nonsending) func checkTaken(_ answer: EventSink.Taken, acknowledgements: Int) async throws {
        let trial = try await Trial(conformance, findings)
        guard let write = trial.network.write else {
            return findings.add("a stored network can be tried", "the test's network has no `write`")
        }
        trial.sink.answer = answer
        try write("keep me")
        try await trial.network.pump()
        let awaited = trial.sink.awaited.contains { if case .message = $0 { true } else { false } }
        findings.expect(awaited, "a stored network waits until a message is taken", "it was emitted without `taken`")
        findings.expect(
            trial.sink.messages.allSatisfy { $0.id != nil }, "messages of a stored network have an id",
            "without one repeats cannot be recognised")
        findings.expect(
            trial.network.acknowledged() == acknowledgements, "the network is told what became of a message",
            "after \(answer == .stored ? "stored" : "refused") it counts \(trial.network.acknowledged()) as taken")
        try await trial.close()
    }
}
