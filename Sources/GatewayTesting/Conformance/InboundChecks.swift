import GatewayKit

/// Messages from the network, and when the network may believe them to be taken.
struct InboundChecks {
    let conformance: AdapterConformance
    let findings: ConformanceFindings

    private var samples: ConformanceSamples { conformance.samples }

    nonisolated(nonsending) func run() async throws {
        try await checkArrival(from: .peer(samples.peer)) { $0.write }
        if let room = samples.room { try await checkArrival(from: .room(room)) { $0.say } }
        let rules = try conformance.makeNetwork().adapter.rules
        if rules.delivery(of: .peer(samples.peer)) == .stored { try await checkTaken("a peer") { $0.write } }
        guard let room = samples.room, rules.delivery(of: .room(room)) == .stored else { return }
        try await checkTaken("a room") { $0.say }
    }

    /// How the test makes the network say something.
    private typealias Speech = (AdapterConformance.Network) -> ((String) throws -> Void)?

    /// Opens a session that can hear: one on demand may be offline until it is asked for something.
    private nonisolated(nonsending) func listeningTrial() async throws -> Trial {
        let trial = try await Trial(conformance, findings)
        _ = try await trial.perform(.send(.text(Text("Are you there?")), to: .peer(samples.peer)))
        if let room = samples.room { _ = try await trial.perform(.join(room, password: nil)) }
        return trial
    }

    private nonisolated(nonsending) func checkArrival(from address: Address, _ speech: Speech) async throws {
        let trial = try await listeningTrial()
        if let speak = speech(trial.network) {
            let before = trial.sink.messages.count
            try speak("Hello, 世界 <&>")
            try await trial.network.pump()
            let heard = trial.sink.messages.dropFirst(before).filter { $0.origin.address == address }.map(\.text)
            findings.expect(
                heard == ["Hello, 世界 <&>"], "a message arrives once, from its address, as it was written",
                "\(heard.count) messages: \(heard.map(HostileText.shown))")
        }
        try await trial.close()
    }

    /// For stored addresses: the network is told that we have a message when, and only when, the core has taken it.
    private nonisolated(nonsending) func checkTaken(_ sender: String, _ speech: Speech) async throws {
        let refusal = Failure(.internal, "The disk is full.", retry: .after(.seconds(1)))
        for (answer, acknowledgements) in [(EventSink.Taken.stored, 1), (.refused(refusal), 0)] {
            let trial = try await listeningTrial()
            guard let speak = speech(trial.network) else {
                return findings.add("stored addresses can be tried", "the test's network cannot make \(sender) speak")
            }
            trial.sink.answer = answer
            try speak("keep me")
            try await trial.network.pump()
            let taken = trial.network.acknowledged()
            findings.expect(
                taken == acknowledgements, "the network is told what became of a message",
                "after \(answer == .stored ? "stored" : "refused") of \(sender) it counts \(taken) as taken")
            try await trial.close()
        }
    }
}
