import Glibc

/// Many messages in one direction. The workloads measure CPU for each message, messages a second, and peak memory.
///
/// * `groupchat`: users talk in their channels. The IRC server relays nothing to the other members. A message is done
///   when its reflection has come back to its sender.
/// * `inbound`: an IRC user talks in the channels. Every member's connection gets the line, and each resulting stanza
///   counts.
/// * `direct-out`, `direct-in`: private messages from users to an IRC user, and back.
enum Talk: String, CaseIterable {
    case groupchat
    case inbound
    case directOut = "direct-out"
    case directIn = "direct-in"

    private func words(_ cast: Cast) -> String {
        let users = cast.users == 50 ? "" : ", \(cast.users) users"
        switch self {
        case .groupchat: return "groupchat XMPP→IRC, reflected" + users
        case .inbound: return "groupchat IRC→XMPP, per stanza" + users
        case .directOut: return "direct XMPP→IRC" + users
        case .directIn: return "direct IRC→XMPP" + users
        }
    }

    /// Runs the workload. All users must have joined their channels before.
    func run(_ stage: Stage, _ bench: Bench) throws {
        let count = bench.settings.messages
        try exchange(stage, bench, count: count / 10)
        stage.meter.resetPeak()
        stage.xmpp.resetErrors()
        let own = ProcessMeter(pid: getpid())
        let ownCPU = own.cpu
        let (cpu, time) = try bench.measured(stage, rawValue) {
            let cpu = stage.meter.cpu
            let start = nanoseconds()
            try exchange(stage, bench, count: count, first: count / 10)
            return (stage.meter.cpu - cpu, nanoseconds() - start)
        }
        guard stage.xmpp.errors == 0 else { throw BenchFailure("\(rawValue)\(stage.complaint)") }
        let perMessage = Double(cpu) / Double(count) / 1000
        let rate = Double(count) / Double(time) * 1e9
        let words = words(bench.settings.cast)
        bench.report.add(
            Figure(name: words + ": CPU", unit: "µs", goal: "≤ 0.50 × (wanted: 0.20 ×)", digits: 2), stage.gateway,
            perMessage)
        bench.report.add(
            Figure(name: words + ": rate", unit: "/s", isHigherBetter: true, digits: 0), stage.gateway, rate)
        bench.report.add(
            Figure(name: words + ": peak memory", unit: "MB"), stage.gateway, Double(stage.meter.peak) / 1000)
        let load = Double(own.cpu - ownCPU) / Double(count) / 1000
        bench.say(
            """
              \(rawValue): \(perMessage.rounded(to: 2)) µs CPU, \(rate.rounded(to: 0))/s, \
            peak \(stage.meter.peak / 1000) MB; our own load \(load.rounded(to: 2)) µs
            """)
    }

    /// Sends `count` messages, of which the first has the number `first`, and returns when all have arrived.
    func exchange(_ stage: Stage, _ bench: Bench, count: Int, first: Int = 0) throws {
        let exchange = Exchange(total: count, first: first, send: sender(stage, bench.settings.cast))
        let before = stage.irc.messages
        switch self {
        case .groupchat:
            stage.xmpp.onStanza = { if $0.kind == .message, let user = $0.user { exchange.answer(user) } }
        case .inbound, .directIn:
            stage.xmpp.onStanza = { if $0.kind == .message, let user = $0.user { exchange.answer(user) } }
        case .directOut:
            stage.irc.onMessage = { user, _ in exchange.answer(user) }
        }
        defer {
            stage.xmpp.onStanza = { _ in }
            stage.irc.onMessage = { _, _ in }
        }
        exchange.start(users: bench.settings.cast.users, window: bench.settings.window)
        try stage.run("\(count) messages (\(rawValue)); \(exchange.answered) have arrived") {
            exchange.isDone && (self != .groupchat || stage.irc.messages - before >= count)
        }
    }

    /// A function that writes one message. The loop sends it at the end of its turn.
    private func sender(_ stage: Stage, _ cast: Cast) -> (_ user: Int, _ number: Int) -> Void {
        switch self {
        case .groupchat, .directOut:
            let texts =
                self == .groupchat ? Texts.toRoom(cast, host: stage.irc.host) : .toPerson(cast, host: stage.irc.host)
            let stream = stage.stream
            return { texts.append($0, $1, to: stream) }
        case .inbound, .directIn:
            let texts = self == .inbound ? Texts.fromRoom(cast) : .fromPerson(cast)
            return { user, number in
                guard let connection = stage.irc.byUser[user] else { return }
                texts.append(user, number, to: connection.wire.output)
                stage.touch(connection.wire)
            }
        }
    }
}
