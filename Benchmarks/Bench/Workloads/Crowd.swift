/// One user joins a channel with very many members. Meanwhile another user and an IRC user send each other a private
/// message every five milliseconds. The workload measures the time of the join, and the longest wait of a private
/// message.
enum Crowd {
    static let name = "crowd"

    static func run(_ gateway: Gateway, _ bench: Bench) throws {
        let crowd = bench.settings.crowd
        try bench.stage(gateway, optionsFor: 2) { stage in
            let talker = Cast(users: 1, channels: 1)
            try talker.join(stage)
            stage.irc.channel("#big").crowd = crowd
            let watch = Watch(stage, talker)
            defer { watch.end() }
            try stage.settle(seconds: 0.5)
            guard watch.isQuiet else { throw BenchFailure("private messages got lost before the join") }
            watch.begin()
            stage.meter.resetPeak()
            let before = stage.meter.cpu
            let start = nanoseconds()
            stage.stream.append(
                Cast(users: 2, channels: 1).joining(1, room: "#big", host: stage.irc.host))
            try bench.measured(stage, name) {
                try stage.run("the join; \(watch.presences) presences have come", patience: 180) { watch.joinedAt > 0 }
            }
            let work = Double(stage.meter.cpu - before) / 1e9
            watch.stop()
            try stage.run("the private messages") { watch.isQuiet }
            guard watch.presences > crowd else {
                throw BenchFailure("only \(watch.presences) presences, including the user's own")
            }
            let seconds = Double(watch.joinedAt - start) / 1e9
            let longest = Double(watch.longest) / 1e6
            let words = "channel of \(crowd): "
            bench.report.add(
                Figure(name: words + "in after", unit: "s", goal: "≤ 1 s", digits: 2), gateway, seconds)
            bench.report.add(Figure(name: words + "CPU until then", unit: "s", digits: 2), gateway, work)
            bench.report.add(
                Figure(name: words + "longest wait of others", unit: "ms", goal: "≤ 50 ms"), gateway, longest)
            bench.report.add(
                Figure(name: words + "peak memory", unit: "MB"), gateway, Double(stage.meter.peak) / 1000)
            bench.say("  in after \(seconds.rounded(to: 2)) s, longest wait of others \(longest.rounded(to: 1)) ms")
        }
    }
}
