extension Bench {
    /// Runs the chosen workloads, the gateways in turn.
    func run(chosen: Set<String>) throws {
        let talks = Talk.allCases.filter { chosen.contains($0.rawValue) }
        for round in 1...max(1, settings.rounds) where !talks.isEmpty {
            for gateway in report.gateways {
                say(
                    "round \(round), \(report.name(gateway)): \(settings.cast.users) users in \(settings.cast.channels) channels"
                )
                attempt("talk", gateway) {
                    try stage(gateway, users: settings.cast.users) { stage in
                        try settings.cast.join(stage)
                        try stage.settle(seconds: 0.5)
                        for talk in talks { try talk.run(stage, self) }
                    }
                }
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
