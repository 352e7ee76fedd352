/// A netsplit takes very many occupants out of a channel, and its end brings them back. Meanwhile another user and an IRC
/// user write each other. The workload measures the time until all presences have come, and the longest wait of a private
/// message.
enum Netsplit {
    static let name = "netsplit"

    static func run(_ gateway: Gateway, _ bench: Bench) throws {
        let crowd = bench.settings.split
        try bench.stage(gateway, optionsFor: 2) { stage in
            let talker = Cast(users: 1, channels: 1)
            try talker.join(stage)
            stage.irc.channel("#big").crowd = crowd
            let watch = Watch(stage, talker)
            defer { watch.end() }
            stage.stream.append(Cast(users: 2, channels: 1).joining(1, room: "#big", host: stage.irc.host))
            try stage.run("the join", patience: 180) { watch.joinedAt > 0 }
            try stage.settle(seconds: 0.5)
            for (words, line) in [("split", "QUIT :one.net two.net"), ("heal", "JOIN #big")] {
                try measure("netsplit of \(crowd), \(words): ", line, stage, watch, bench)
            }
            watch.stop()
            try stage.run("the private messages") { watch.isQuiet }
        }
    }

    /// Lets each of the crowd say a line, and waits until `u1` has a presence for each.
    private static func measure(_ words: String, _ line: String, _ stage: Stage, _ watch: Watch, _ bench: Bench) throws
    {
        let crowd = bench.settings.split
        guard let connection = stage.irc.byUser[1] else { throw BenchFailure("u1 is not connected") }
        let before = (presences: watch.presences, cpu: stage.meter.cpu)
        watch.begin()
        let start = nanoseconds()
        for number in 0..<crowd { connection.wire.output.append(":guest\(number)!g@far.test \(line)\r\n") }
        stage.touch(connection.wire)
        try bench.measured(stage, name) {
            try stage.run("\(crowd) presences; \(watch.presences - before.presences) have come") {
                watch.presences >= before.presences + crowd
            }
        }
        let seconds = Double(watch.lastAt - start) / 1e9
        let work = Double(stage.meter.cpu - before.cpu) / 1e9
        let longest = Double(watch.longest) / 1e6
        try stage.settle(seconds: 0.2)
        let rows = [
            (Figure(name: words + "shown after", unit: "s", goal: "< 1 s", digits: 2), seconds),
            (Figure(name: words + "CPU until then", unit: "s", digits: 2), work),
            (Figure(name: words + "longest wait of others", unit: "ms", goal: "≤ 15 ms"), longest),
        ]
        for (figure, value) in rows {
            bench.report.add(figure, stage.gateway, value)
            bench.say("  \(figure.name): \(figure.words(value))")
        }
    }
}
