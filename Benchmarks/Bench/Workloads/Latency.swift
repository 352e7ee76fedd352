import Glibc
import ServerRig

/// Measures the time that a message takes through a gateway with little to do. Users send in turn at even intervals.
/// The time runs from just before the message is written on one side until it has been read on the other.
///
/// The gateways run side by side and take turns of a tenth of a second. The choice of CPUs by the kernel, and the
/// speed of the machine in that second, make more difference than the gateway, so they have to affect all gateways
/// alike. Outside its turn a gateway is stopped, so that it does not delay the other one.
enum Latency: String, CaseIterable {
    case outbound = "XMPP→IRC"
    case inbound = "IRC→XMPP"

    static let name = "latency"
    private static let warmUp = 500

    /// Runs the workload. On each stage, all users must have joined their channels before.
    func run(_ stages: [Stage], _ bench: Bench) throws {
        let rate = bench.settings.rate
        let count = Int(Double(rate) * bench.settings.seconds) + Self.warmUp
        let courses = stages.map { Course($0, count: count, bench.settings, send: sender($0, bench.settings.cast)) }
        defer { for course in courses { course.end() } }
        for course in courses { listen(course) }
        try measured(stages[...], bench) {
            var order = courses
            let turn = max(1, rate / 10)
            for start in stride(from: 0, to: count, by: turn) {
                for course in order { try course.run(to: min(start + turn, count)) }
                order.reverse()
            }
        }
        for course in courses { tell(course.waits.dropFirst(Self.warmUp).sorted(), course.stage, bench) }
    }

    /// Does `work` while perf(1) records all gateways, if recordings are wanted.
    private func measured(_ stages: ArraySlice<Stage>, _ bench: Bench, _ work: () throws -> Void) throws {
        guard let first = stages.first else { return try work() }
        try bench.measured(first, "latency-" + (self == .outbound ? "out" : "in")) {
            try measured(stages.dropFirst(), bench, work)
        }
    }

    private func listen(_ course: Course) {
        switch self {
        case .outbound:
            course.stage.irc.onMessage = { course.arrived($1.messageNumber) }
        case .inbound:
            course.stage.xmpp.onStanza = {
                if $0.kind == .message, let number = $0.bodyNumber { course.arrived(number) }
            }
        }
    }

    /// A function that writes one message at once.
    private func sender(_ stage: Stage, _ cast: Cast) -> (_ user: Int, _ number: Int) -> Void {
        switch self {
        case .outbound:
            let texts = Texts.toRoom(cast, host: stage.irc.host)
            let stream = stage.stream
            return { user, number in
                texts.append(user, number, to: stream)
                stage.flush()
            }
        case .inbound:
            let texts = Texts.fromRoom(cast)
            return { user, number in
                guard let connection = stage.irc.byUser[user] else { return }
                texts.append(user, number, to: connection.wire.output)
                connection.wire.flush()
            }
        }
    }

    private func tell(_ waits: [Int], _ stage: Stage, _ bench: Bench) {
        guard let last = waits.last else { return }
        let goals = ["p50": "≤ 1.00 ×", "p99": "", "p99.9": "≤ 1.00 ×"]
        var words: [String] = []
        for (label, share) in [("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999)] {
            let wait = Double(waits[min(waits.count - 1, Int(Double(waits.count) * share))]) / 1000
            let name = "latency at \(bench.settings.rate)/s \(rawValue): \(label)"
            bench.report.add(
                Figure(name: name, unit: "µs", goal: goals[label] ?? "", digits: 0), stage.gateway, wait)
            words.append("\(label) \(wait.rounded(to: 0)) µs")
        }
        words.append("longest \(last / 1000) µs")
        bench.say("  \(bench.report.name(stage.gateway)), latency \(rawValue): \(words.joined(separator: ", "))")
    }
}

/// The messages through one gateway, and their times.
private final class Course {
    let stage: Stage
    private(set) var waits: [Int] = []
    private var sentAt: [Int]
    private var next = 0
    private var limit = 0
    private let interval: Int

    init(_ stage: Stage, count: Int, _ settings: Bench.Settings, send: @escaping (_ user: Int, _ number: Int) -> Void) {
        self.stage = stage
        interval = 1_000_000 / settings.rate
        sentAt = [Int](repeating: 0, count: count)
        waits.reserveCapacity(count)
        stage.xmpp.acknowledgesAtOnce = true
        stage.onTick = { [unowned self] intervals in
            for _ in 0..<intervals where next < limit {
                sentAt[next] = nanoseconds()
                send(next % settings.cast.users, next)
                next += 1
            }
        }
    }

    func arrived(_ number: Int) {
        guard number < next else { return }
        waits.append(nanoseconds() - sentAt[number])
    }

    /// Sends in the gateway's turn until `limit` messages have been sent, and waits until all have arrived.
    func run(to limit: Int) throws {
        self.limit = limit
        stage.process.send(signal: SIGCONT)
        stage.tick(everyMicroseconds: interval)
        try stage.run("\(limit) messages; \(waits.count) are through") { waits.count >= limit }
        stage.tick(everyMicroseconds: nil)
        stage.process.send(signal: SIGSTOP)
    }

    func end() {
        stage.process.send(signal: SIGCONT)
        stage.tick(everyMicroseconds: nil)
        stage.onTick = { _ in }
        stage.xmpp.acknowledgesAtOnce = false
        stage.irc.onMessage = { _, _ in }
        stage.xmpp.onStanza = { _ in }
    }
}
