extension Bench {
    static let workloads = Talk.allCases.map(\.rawValue) + [Latency.name, Storm.name, Crowd.name]

    /// Runs the chosen workloads, the gateways in turn.
    func run(chosen: Set<String>) {
        let talks = Talk.allCases.filter { chosen.contains($0.rawValue) }
        let hasLatency = chosen.contains(Latency.name)
        if hasLatency || !talks.isEmpty {
            let words = "\(settings.cast.users) users in \(settings.cast.channels) channels"
            inTurn(settings.rounds, words) { gateway in
                try stage(gateway, optionsFor: settings.cast.users) { stage in
                    try settings.cast.join(stage)
                    try stage.settle(seconds: 0.5)
                    for talk in talks { try talk.run(stage, self) }
                    if hasLatency { for direction in Latency.allCases { try direction.run(stage, self) } }
                }
            }
        }
        let users = settings.stormUsers
        if chosen.contains(Storm.name) { inTurn(1, "\(users) users join") { try Storm.run($0, self) } }
        if chosen.contains(Crowd.name) {
            inTurn(min(settings.rounds, 2), "a channel of \(settings.crowd)") { try Crowd.run($0, self) }
        }
        if chosen.contains(Soak.name) { inTurn(1, "soak") { try Soak.run($0, self) } }
    }

    /// Every other round in the opposite order: of two that are the same, the second one to run came out up to a
    /// tenth faster.
    private func inTurn(_ rounds: Int, _ words: String, _ work: (Gateway) throws -> Void) {
        for round in 1...max(1, rounds) {
            for gateway in round.isMultiple(of: 2) ? report.gateways.reversed() : report.gateways {
                say("\(words), round \(round), \(report.name(gateway))")
                attempt(words, gateway) { try work(gateway) }
            }
        }
    }

    /// A workload that fails is told, and the others go on.
    private func attempt(_ name: String, _ gateway: Gateway, _ work: () throws -> Void) {
        do {
            try work()
        } catch {
            say("  failed: \(error)")
            report.fail("\(name), \(report.name(gateway)): \(error)")
        }
    }
}
