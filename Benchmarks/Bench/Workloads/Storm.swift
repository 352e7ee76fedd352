/// Very many users join at once, each over an own IRC connection. After that they send nothing.
enum Storm {
    static let name = "storm"

    static func run(_ gateway: Gateway, _ bench: Bench) throws {
        let users = bench.settings.stormUsers
        let cast = Cast(users: users, channels: max(1, users / 5))
        try bench.stage(gateway, optionsFor: bench.settings.stormOptions ? users : 0) { stage in
            let before = stage.meter.cpu
            let seconds = try bench.measured(stage, name) { try cast.join(stage) }
            let work = Double(stage.meter.cpu - before) / 1e9
            bench.say("  \(users) users in after \(seconds.rounded(to: 2)) s, \(work.rounded(to: 2)) s CPU")
            try stage.settle(seconds: 3)
            let data = stage.meter.data
            let cpu = stage.meter.cpu
            let start = nanoseconds()
            try stage.settle(seconds: bench.settings.idleSeconds)
            let idle = Double(stage.meter.cpu - cpu) / Double(nanoseconds() - start) * 100
            let each = Double(data - stage.dataAtStart) / Double(users)
            let words = "\(users) users: "
            let rows = [
                (Figure(name: words + "all in after", unit: "s", goal: "≤ 2 s", digits: 2), seconds),
                (Figure(name: words + "CPU until then", unit: "s", digits: 2), work),
                (Figure(name: words + "CPU when idle", unit: "%", goal: "< 2 %"), idle),
                (Figure(name: words + "memory for each", unit: "kB", goal: "≤ 12 kB"), each),
                (
                    Figure(name: "memory at the start", unit: "MB", goal: "≤ 40 MB"),
                    Double(stage.memoryAtStart) / 1000
                ),
            ]
            for (figure, value) in rows { bench.report.add(figure, gateway, value) }
            bench.say("  idle \(idle.rounded(to: 1)) % CPU, \(each.rounded(to: 1)) kB a user")
        }
    }
}
