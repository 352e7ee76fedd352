extension Bench {
    static let workloads =
        Talk.allCases.map(\.rawValue) + [
            Turns.name, Latency.name, Storm.name, Crowd.name, Netsplit.name, Listing.name, Encrypted.name,
            Registered.name, Online.name,
        ]

    /// Runs the chosen workloads with each gateway in turn.
    func run(chosen: Set<String>) {
        let talks = Talk.allCases.filter { chosen.contains($0.rawValue) }
        let words = "\(settings.cast.users) users in \(settings.cast.channels) channels"
        if !talks.isEmpty {
            inTurn(settings.rounds, words) { gateway in
                try stage(gateway, optionsFor: settings.cast.users) { stage in
                    try enter(stage)
                    for talk in talks { try talk.run(stage, self) }
                }
            }
        }
        if chosen.contains(Turns.name) {
            inTurn(settings.rounds, "\(settings.turnUsers) users in turn") { try Turns.run($0, self) }
        }
        if chosen.contains(Latency.name) {
            sideBySide(settings.rounds, words) { stages in
                for stage in stages { try enter(stage) }
                for direction in Latency.allCases { try direction.run(stages, self) }
            }
        }
        let users = settings.stormUsers
        if chosen.contains(Storm.name) { inTurn(1, "\(users) users join") { try Storm.run($0, self) } }
        if chosen.contains(Crowd.name) {
            inTurn(min(settings.rounds, 2), "a channel of \(settings.crowd)") { try Crowd.run($0, self) }
        }
        if chosen.contains(Netsplit.name) {
            inTurn(min(settings.rounds, 2), "a netsplit of \(settings.split)") { try Netsplit.run($0, self) }
        }
        if chosen.contains(Listing.name) {
            inTurn(min(settings.rounds, 2), "a list of \(settings.listed) channels") { try Listing.run($0, self) }
        }
        if chosen.contains(Encrypted.name) {
            inTurn(1, "\(settings.tlsUsers) users over TLS") { try Encrypted.run($0, self) }
        }
        if chosen.contains(Registered.name) {
            inTurn(min(settings.rounds, 2), "\(settings.registeredUsers) registered users") {
                try Registered.run($0, self)
            }
        }
        if chosen.contains(Online.name) {
            inTurn(min(settings.rounds, 2), "users online") { try Online.run($0, self) }
        }
        if chosen.contains(Soak.name) { inTurn(1, "soak") { try Soak.run($0, self) } }
    }

    /// Measures the gateways one after the other. Every other round has the opposite order, because the second of two
    /// equal gateways was measured up to a tenth faster.
    private func inTurn(_ rounds: Int, _ words: String, _ work: (Gateway) throws -> Void) {
        for round in 1...max(1, rounds) {
            for gateway in round.isMultiple(of: 2) ? report.gateways.reversed() : report.gateways {
                say("\(words), round \(round), \(report.name(gateway))")
                attempt("\(words), \(report.name(gateway))") { try work(gateway) }
            }
        }
    }

    /// Measures all gateways at the same time; in every other round they are started in the opposite order.
    private func sideBySide(_ rounds: Int, _ words: String, _ work: ([Stage]) throws -> Void) {
        for round in 1...max(1, rounds) {
            say("\(words), round \(round), \(report.gateways.map(report.name).joined(separator: " and "))")
            let gateways = round.isMultiple(of: 2) ? report.gateways.reversed() : report.gateways
            attempt(words) {
                try stages(gateways[...]) { try work($0) }
            }
        }
    }

    private func stages(_ gateways: ArraySlice<Gateway>, _ started: [Stage] = [], _ work: ([Stage]) throws -> Void)
        throws
    {
        guard let first = gateways.first else { return try work(started) }
        try stage(first, optionsFor: settings.cast.users) {
            try stages(gateways.dropFirst(), started + [$0], work)
        }
    }

    private func enter(_ stage: Stage) throws {
        try settings.cast.join(stage)
        try stage.settle(seconds: 0.5)
    }

    /// Runs a workload. If it fails, the failure is printed, and the other workloads go on.
    private func attempt(_ name: String, _ work: () throws -> Void) {
        do {
            try work()
        } catch {
            say("  failed: \(error)")
            report.fail("\(name): \(error)")
        }
    }
}
