/// Very many users join over TLS. Then the server restarts, and all of them come back at the pace of the network's
/// settings. Meanwhile a user of another network and an IRC user write each other. The workload measures the memory, and
/// the longest wait of a private message.
///
/// haproxy ends TLS in front of the IRC server. Its restart is the server's.
enum Encrypted {
    static let name = "tls"
    private static let program = "/usr/sbin/haproxy"
    private static let network = "secure"

    static func run(_ gateway: Gateway, _ bench: Bench) throws {
        guard gateway.isMartlet else { return }
        let users = bench.settings.tlsUsers
        let stage = try Stage(
            gateway, wrap: bench.settings.wrap, users: 0, capabilities: bench.settings.capabilities, secure: network)
        defer { stage.end() }
        let front = try TLSFront(program, to: stage.irc.host)
        defer { front.stop() }
        try front.start(stage)
        try stage.settle(seconds: 0.5)
        // `u0` talks on the network without TLS.
        let talker = Cast(users: 1, channels: 1)
        try talker.join(stage)
        var crowd = Cast(users: users, channels: max(1, users / 5))
        crowd.first = 1
        let before = (memory: stage.meter.memory, cpu: stage.meter.cpu)
        let seconds = try crowd.join(stage, network: network)
        let work = Double(stage.meter.cpu - before.cpu) / 1e9
        try stage.settle(seconds: 3)
        let each = Double(stage.meter.memory - before.memory) / Double(users)
        let watch = Watch(stage, talker)
        defer { watch.end() }
        try stage.settle(seconds: 0.5)
        watch.begin()
        stage.irc.joins = 0
        try front.kill(stage)
        try front.start(stage)
        let start = nanoseconds()
        try bench.measured(stage, name) {
            try stage.run("\(users) users to come back", patience: 120) { stage.irc.joins >= users }
        }
        let back = Double(nanoseconds() - start) / 1e9
        let longest = Double(watch.longest) / 1e6
        watch.stop()
        try stage.run("the private messages") { watch.isQuiet }
        let words = "\(users) users over TLS: "
        let rows = [
            (Figure(name: words + "all in after", unit: "s", digits: 2), seconds),
            (Figure(name: words + "CPU until then", unit: "s", digits: 2), work),
            (Figure(name: words + "memory for each", unit: "kB", goal: "≤ 40 kB"), each),
            (Figure(name: words + "back after a restart", unit: "s", digits: 2), back),
            (Figure(name: words + "longest wait of others meanwhile", unit: "ms", goal: "≤ 20 ms"), longest),
        ]
        for (figure, value) in rows {
            bench.report.add(figure, gateway, value)
            bench.say("  \(figure.name): \(figure.words(value))")
        }
    }
}
