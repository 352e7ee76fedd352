import ServerRig

/// The cost of a stanza while many users are online, and of the presence of many contacts. Both are on gateways with
/// very many registered users, and both are compared with the same for few.
enum Online {
    static let name = "online"
    /// The number of users who are online, and the number of those whose stanzas are measured.
    private static let (few, many) = (100, 10_000)
    private static let stanzas = 20_000
    private static let runs = 7
    private static let contacts = (few: 100, many: 1_000)
    /// The presences of contacts that are measured for each user.
    private static let presences = 50_000

    static func run(_ gateway: Gateway, _ bench: Bench) throws {
        guard gateway.isMartlet else { return }
        try runStanzas(gateway, bench)
        try runContacts(gateway, bench)
    }

    // MARK: Stanzas

    /// A hundred users are online and ask for the gateway's information in turn. Then ten thousand are online, and the
    /// same hundred ask again, and after them all.
    private static func runStanzas(_ gateway: Gateway, _ bench: Bench) throws {
        let registered = max(bench.settings.registeredUsers, many)
        let folder = try RigFolder()
        try Registered.stage(gateway, bench, folder, false) { _ in }
        try Registered.fill(folder, users: registered)
        try Registered.stage(gateway, bench, folder, false) { stage in
            try stage.run("\(registered) presences") { stage.xmpp.presences >= registered }
            try appear(0..<few, on: stage)
            let alone = try cost(few, on: stage)
            try appear(few..<many, on: stage)
            let memory = stage.meter.memory
            let among = try cost(few, on: stage)
            let all = try cost(many, on: stage)
            let words = "\(registered) registered users: stanza "
            let unit = "µs"
            let rows = [
                (Figure(name: words + "of one of \(few) online", unit: unit), alone),
                (Figure(name: words + "of the same, \(many) online", unit: unit), among),
                (
                    Figure(name: words + "of these, \(many) to \(few) online", unit: "×", goal: "0.8–1.2", digits: 2),
                    among / alone
                ),
                (Figure(name: words + "of all \(many) in turn", unit: unit), all),
                (
                    Figure(name: "\(registered) registered users: memory, \(many) online", unit: "MB"),
                    Double(memory) / 1000
                ),
            ]
            for (figure, value) in rows { add(figure, value, gateway, bench) }
        }
    }

    /// Lets users show their presence to the gateway, and waits for that of the gateway.
    private static func appear(_ users: Range<Int>, on stage: Stage) throws {
        let before = stage.xmpp.presences
        var sent = 0
        for user in users {
            stage.stream.append("<presence from='u\(user)@localhost/r' to='\(XMPPEnd.domain)'/>")
            sent += 1
            guard sent.isMultiple(of: 200) || sent == users.count else { continue }
            try stage.run("the gateway's presence for \(sent) users") { stage.xmpp.presences >= before + sent }
        }
        try stage.settle(seconds: 0.5)
    }

    /// The CPU time of the gateway for one stanza, in microseconds. The measured users send in turn.
    private static func cost(_ users: Int, on stage: Stage) throws -> Double {
        var answers = 0
        stage.xmpp.onAnswer = { _ in answers += 1 }
        defer { stage.xmpp.onAnswer = { _ in } }
        func ask(_ count: Int) throws {
            let end = answers + count
            var sent = answers
            try stage.run("\(count) answers") {
                while sent < end, sent - answers < 100 {
                    let user = sent % users
                    stage.stream.append(
                        """
                        <iq type='get' from='u\(user)@localhost/r' to='\(XMPPEnd.domain)' id='s\(sent)'>\
                        <query xmlns='http://jabber.org/protocol/disco#info'/></iq>
                        """)
                    sent += 1
                }
                return answers >= end
            }
        }
        try ask(max(2_000, users))
        // The best of several runs counts, as for the rounds: the two costs are compared within one round.
        var best = Int.max
        for _ in 0..<runs {
            let before = stage.meter.cpu
            try ask(stanzas)
            best = min(best, stage.meter.cpu - before)
        }
        return Double(best) / Double(stanzas) / 1e3
    }

    // MARK: Contacts

    /// A client of a user with a hundred contacts comes, again and again, and then one of a user with a thousand. Each
    /// time it gets the presence of all contacts.
    private static func runContacts(_ gateway: Gateway, _ bench: Bench) throws {
        let folder = try RigFolder()
        try Registered.stage(gateway, bench, folder, true) { _ in }
        try Registered.fill(folder, users: 2, contacts: [contacts.few, contacts.many])
        try Registered.stage(gateway, bench, folder, true) { stage in
            let expected = contacts.few + contacts.many + 2
            try stage.run("\(expected) presences") { stage.xmpp.presences >= expected }
            var costs: [Double] = []
            for (user, count) in [contacts.few, contacts.many].enumerated() {
                let value = try presenceCost(of: user, contacts: count + 1, on: stage)
                costs.append(value)
                add(
                    Figure(name: "presence of a contact, user with \(count)", unit: "µs", digits: 2), value, gateway,
                    bench)
            }
            let name = "presence of a contact, \(contacts.many) to \(contacts.few)"
            add(Figure(name: name, unit: "×", goal: "≤ 1.2", digits: 2), costs[1] / costs[0], gateway, bench)
        }
    }

    private static func presenceCost(of user: Int, contacts: Int, on stage: Stage) throws -> Double {
        let times = presences / contacts
        var before = 0
        for time in 0..<times + times / 10 {
            if time == times / 10 { before = stage.meter.cpu }
            let end = stage.xmpp.presences + contacts
            stage.stream.append("<presence from='u\(user)@localhost/r\(time)' to='\(XMPPEnd.domain)'/>")
            try stage.run("\(contacts) presences") { stage.xmpp.presences >= end }
            stage.stream.append(
                "<presence type='unavailable' from='u\(user)@localhost/r\(time)' to='\(XMPPEnd.domain)'/>")
            try stage.run("the farewell") { stage.xmpp.presences >= end + 1 }
        }
        return Double(stage.meter.cpu - before) / Double(times * (contacts + 1)) / 1e3
    }

    private static func add(_ figure: Figure, _ value: Double, _ gateway: Gateway, _ bench: Bench) {
        bench.report.add(figure, gateway, value)
        bench.say("  \(figure.name): \(figure.words(value))")
    }
}
