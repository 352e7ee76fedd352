import GatewayKit

/// Checks messages from the network, and when they are acknowledged to the network.
struct InboundChecks {
    let conformance: AdapterConformance
    let findings: ConformanceFindings

    private var samples: ConformanceSamples { conformance.samples }

    nonisolated(nonsending) func run() async throws {
        try await checkArrival(from: .peer(samples.peer)) { $0.write }
        if let room = samples.room { try await checkArrival(from: .room(room)) { $0.say } }
        let rules = try conformance.makeNetwork().adapter.rules
        if rules.isStored(.peer(samples.peer)) { try await checkTaken("a peer") { $0.write } }
        guard let room = samples.room, rules.isStored(.room(room)) else { return }
        try await checkTaken("a room") { $0.say }
    }

    /// Selects the function by which the test makes the network send a message; nil if the test has none.
    private typealias Speech = (AdapterConformance.Network) -> ((String) throws -> Void)?

    /// Opens a session and makes it connect: a session on demand may be offline until its first request.
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

    /// For stored addresses: checks that a message is acknowledged to the network if, and only if, the core has stored
    /// it.
    private nonisolated(nonsending) func checkTaken(_ sender: String, _ speech: Speech) async throws {
        let refusal = Failure(.internal, "The disk is full.", retry: .after(.seconds(1)))
        for (answer, acknowledgements) in [(EventSink.StorageAnswer.stored, 1), (.refused(refusal), 0)] {
            let trial = try await listeningTrial()
            guard let speak = speech(trial.network) else {
                return findings.add(
                    "the test can send messages from stored addresses",
                    "the test's network cannot send a message from \(sender)")
            }
            trial.sink.answer = answer
            try speak("keep me")
            try await trial.network.pump()
            let taken = trial.network.acknowledged()
            findings.expect(
                taken == acknowledgements, "a message is acknowledged if, and only if, it is stored",
                "\(taken) messages of \(sender) were acknowledged after the answer"
                    + " \(answer == .stored ? "stored" : "refused")")
            try await trial.close()
        }
    }
}
