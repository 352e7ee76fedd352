/// How long a message takes through the gateway when there is little to do: sent at even intervals by users in turn,
/// timed from just before it is written on one side to when it was read on the other.
enum Latency: String, CaseIterable {
    case outbound = "XMPP→IRC"
    case inbound = "IRC→XMPP"

    static let name = "latency"
    private static let warmUp = 500

    func run(_ stage: Stage, _ bench: Bench) throws {
        let count = Int(Double(bench.settings.rate) * bench.settings.seconds) + Self.warmUp
        let cast = bench.settings.cast
        var sentAt = [Int](repeating: 0, count: count)
        var waits: [Int] = []
        waits.reserveCapacity(count)
        var next = 0
        let arrived = { (number: Int) in
            guard number < count else { return }
            waits.append(nanoseconds() - sentAt[number])
        }
        let send = sender(stage, cast)
        stage.onTick = { intervals in
            for _ in 0..<intervals where next < count {
                sentAt[next] = nanoseconds()
                send(next % cast.users, next)
                next += 1
            }
        }
        switch self {
        case .outbound:
            stage.irc.onMessage = { _, line in arrived(line.messageNumber) }
        case .inbound:
            stage.xmpp.onStanza = { if $0.kind == .message, let number = $0.bodyNumber { arrived(number) } }
        }
        stage.xmpp.acknowledgesAtOnce = true
        defer {
            stage.xmpp.acknowledgesAtOnce = false
            stage.tick(everyMicroseconds: nil)
            stage.irc.onMessage = { _, _ in }
            stage.xmpp.onStanza = { _ in }
        }
        stage.tick(everyMicroseconds: 1_000_000 / bench.settings.rate)
        try bench.measured(stage, "latency-" + (self == .outbound ? "out" : "in")) {
            try stage.run("\(count) messages; \(waits.count) are through") { waits.count >= count }
        }
        tell(waits.dropFirst(Self.warmUp).sorted(), stage, bench)
    }

    /// Writes one message at once.
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
        bench.say("  latency \(rawValue): \(words.joined(separator: ", ")), longest \(last / 1000) µs")
    }
}
