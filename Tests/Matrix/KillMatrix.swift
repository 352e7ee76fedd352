import ServerRig

/// Kills Martlet at every step of the delivery of a text message, many times on the same registry, and counts the
/// outcomes.
struct KillMatrix {
    let rounds: Int
    let messages: Int
    private static let wavesPerRound = 4
    private static let users = 5

    /// Runs the matrix. Returns false if a message was lost, came twice, or was reported wrongly.
    func run() async throws -> Bool {
        var plan = Plan(hasPhones: true)
        plan.hasFaults = true
        Screen.show("Prosody, Kannel and Martlet start …")
        let world = try await Deployment.start(plan)
        do {
            let isKept = try await play(world)
            await world.stop()
            return isKept
        } catch {
            await world.stop()
            throw error
        }
    }

    private func play(_ world: Deployment) async throws -> Bool {
        let journal = Journal()
        var crowd = Crowd(world: world, journal: journal)
        try await crowd.gather(Self.users)
        var kills: [KillPoint: Int] = [:]
        var wave = 0
        for round in 1...rounds {
            let begun = ContinuousClock.now
            for part in 0..<Self.wavesPerRound {
                let point = KillPoint.allCases[wave % KillPoint.allCases.count]
                try await strike(at: point, messages: share(of: round - 1, part), crowd)
                kills[point, default: 0] += 1
                wave += 1
            }
            try await crowd.settle()
            let taken = (ContinuousClock.now - begun).words
            Screen.show("round \(round) of \(rounds): \(journal.all.count) messages so far, \(taken)")
        }
        return try report(world, journal, kills)
    }

    private func share(of round: Int, _ part: Int) -> Int {
        let parts = rounds * Self.wavesPerRound
        let index = round * Self.wavesPerRound + part
        return messages * (index + 1) / parts - messages * index / parts
    }

    /// One wave of messages, with a kill in its middle and a restart.
    private func strike(at point: KillPoint, messages: Int, _ crowd: Crowd) async throws {
        guard messages > 0 else { return }
        await crowd.rest()
        let world = crowd.world
        let faults = try world.faults
        let kill = await world.martlet.daemon.killer
        let skip = messages / 3
        let before = try KillPoint.progress(of: point, in: world.records)
        let rule = try point.arm(kill, skip: skip, in: faults)
        if point.isOut {
            // The provider's requests wait until the whole wave is on record, unless the kill comes at that step.
            let isHeld = point != .durable
            if isHeld { try faults.phones.stall(.outward) }
            try crowd.send(messages, at: point)
            if isHeld {
                try await crowd.awaitRecords()
                try faults.phones.release()
            }
        } else {
            try crowd.receive(messages, at: point)
        }
        if let rule {
            try await rule.struck(within: .seconds(20))
        } else {
            try await poll("the registry to show “\(point.rawValue)”", every: .milliseconds(1)) {
                world.folder.logs.tails(lines: 40)
            } until: {
                try point.isReached(skip + 1, since: before, in: world.records) ? () : nil
            }
            kill()
        }
        await world.martlet.daemon.crash()
        crowd.journal.keep(try world.records.outbound())
        try faults.phones.disarm()
        faults.webhooks.disarm()
        faults.stream.disarm()
        let begun = ContinuousClock.now
        try await world.startMartlet()
        let took = (ContinuousClock.now - begun).words
        Screen.show("   \(messages) messages, killed when \(point.rawValue); back after \(took)")
    }

    private func report(_ world: Deployment, _ journal: Journal, _ kills: [KillPoint: Int]) throws -> Bool {
        journal.keep(try world.records.outbound())
        let kept = journal.kept
        var table = Verdict.head
        var total = Verdict()
        for point in KillPoint.allCases {
            var verdict = Verdict()
            verdict.waves = kills[point] ?? 0
            total.waves += verdict.waves
            for (number, entry) in journal.all.enumerated() where entry.point == point {
                verdict.count(entry, isOnRecord: kept.contains(number))
                total.count(entry, isOnRecord: kept.contains(number))
                if verdict.isViolated { explain(number, entry) }
            }
            table.add(verdict.cells(point.rawValue))
        }
        table.add(total.cells("all"))
        Screen.show("\n" + table.text + "\n")
        Screen.show(
            """
            lost: on record, and neither arrived nor told. doubled: arrived twice. same again: a repeat with the same
            id, or a second receipt. untrue: a receipt for nothing, a failure of what arrived, or no word at all.
            refused: told that it was not taken. not taken: written to the stream by the server and not read by Martlet.
            """)
        Screen.show(total.isViolated ? "VIOLATED" : "Nothing lost, nothing doubled, everybody told.")
        return !total.isViolated
    }

    private func explain(_ number: Int, _ entry: Journal.Entry) {
        Screen.show("   \(Journal.text(of: number)): \(entry)")
    }
}
