import GatewayKit

/// Checks the end of a session: open requests fail, `done` is called once, and no event comes after it.
struct CloseChecks {
    let conformance: AdapterConformance
    let findings: ConformanceFindings

    private var samples: ConformanceSamples { conformance.samples }

    nonisolated(nonsending) func run() async throws {
        try await check("idle", opening: [])
        let message = Request.Action.send(.text(Text("the last words")), to: .peer(samples.peer))
        try await check("with a message open", opening: [message])
        guard let room = samples.room else { return }
        try await check("while it enters a room", opening: [.join(room, password: nil)])
        let words = Request.Action.send(.text(Text("the last words")), to: .room(room))
        try await check(
            "with rooms and messages", opening: [.join(room, password: nil), words, message], pumping: true)
    }

    /// Closes a session after these requests.
    ///
    /// - Parameter pumping: whether each request but the last ends before the next is made.
    private nonisolated(nonsending) func check(
        _ situation: String, opening actions: [Request.Action], pumping: Bool = false
    ) async throws {
        let trial = try await Trial(conformance, findings)
        for action in actions.dropLast() where pumping { _ = try await trial.perform(action) }
        for action in pumping ? actions.suffix(1) : actions[...] { _ = trial.request(action) }

        var calls = 0
        var eventsWhenDone = 0
        var openWhenDone = 0
        trial.session.close(reason: "The gateway is stopped.\r\nQUIT :injected") {
            calls += 1
            eventsWhenDone = trial.sink.events.count
            openWhenDone = trial.outcomes.open.count
        }
        try await trial.network.pump()
        _ = trial.requestUnanswered(.send(.text(Text("too late")), to: .peer(samples.peer)))
        try await trial.network.pump()

        findings.expect(calls == 1, "close calls `done` exactly once", "\(situation): \(calls) times")
        findings.expect(
            openWhenDone == 0, "close fails open requests before `done`", "\(situation): \(openWhenDone) were open")
        let after = trial.sink.events.count - eventsWhenDone
        findings.expect(
            calls == 0 || after == 0, "no event is emitted after `done`", "\(situation): \(after) came")
    }
}

extension Trial {
    /// Makes a request of a closed session, which must not answer it. The request is not counted as open.
    func requestUnanswered(_ action: Request.Action) -> RequestID {
        let request = Request(id: RequestID("too-late"), action: action)
        session.perform(request)
        return request.id
    }
}
