/// A long run with messages in all directions. Meanwhile users join and leave rooms. The workload reports the memory at
/// the start, after a tenth of the run, and at the end.
enum Soak {
    static let name = "soak"
    private static let parts = 100

    static func run(_ gateway: Gateway, _ bench: Bench) throws {
        let messages = bench.settings.soakMessages
        let joins = bench.settings.soakJoins
        try bench.stage(gateway, optionsFor: bench.settings.cast.users) { stage in
            try bench.settings.cast.join(stage)
            try stage.settle(seconds: 1)
            note(stage, bench, "at the start")
            for part in 1...parts {
                for talk in Talk.allCases {
                    try talk.exchange(stage, bench, count: messages / parts / Talk.allCases.count)
                }
                try churn(stage, bench, count: joins / parts, from: (part - 1) * joins / parts)
                guard part % (parts / 10) == 0 else { continue }
                try stage.settle(seconds: 0.5)
                let words = "\(messages * part / parts) messages, \(joins * part / parts) joins and parts"
                bench.say("  \(words): \(stage.meter.memory) kB, peak \(stage.meter.peak) kB\(stage.complaint)")
                if part == parts / 10 { note(stage, bench, "after a tenth") }
                if part == parts { note(stage, bench, "at the end") }
            }
        }
    }

    private static func note(_ stage: Stage, _ bench: Bench, _ when: String) {
        let figure = Figure(name: "soak: memory \(when)", unit: "MB", goal: when == "at the end" ? "flat" : "")
        bench.report.add(figure, stage.gateway, Double(stage.meter.memory) / 1000)
        bench.say("  memory \(when): \(stage.meter.memory) kB")
    }

    /// Lets users join one of a thousand channels, and leave it as soon as the join is complete.
    private static func churn(_ stage: Stage, _ bench: Bench, count: Int, from first: Int) throws {
        let cast = bench.settings.cast
        let host = stage.irc.host
        var rooms = [String](repeating: "", count: cast.users)
        let stream = stage.stream
        let exchange = Exchange(total: count) { user, number in
            rooms[user] = "#s\((first + number) % 1000)"
            stream.append(cast.joining(user, room: rooms[user], host: host))
        }
        stage.xmpp.onStanza = { stanza in
            guard stanza.kind == .presence, stanza.isSelf, let user = stanza.user else { return }
            if stanza.isUnavailable {
                exchange.answer(user)
            } else {
                let room = "\(rooms[user])%\(host)@\(XMPPEnd.domain)"
                stream.append("<presence type='unavailable' from='\(cast.jid(user))' to='\(room)/u\(user)'/>")
            }
        }
        defer { stage.xmpp.onStanza = { _ in } }
        exchange.start(users: cast.users, window: 1)
        try stage.run("\(count) joins and parts; \(exchange.answered) are done") { exchange.isDone }
    }
}
