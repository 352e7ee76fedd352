import GatewayKit
import NIOCore
import Testing

@testable import IRCAdapter

@Suite("Netsplits")
struct NetsplitTests {
    private let room = ClientScript.room

    private func occupant(_ nick: String, _ rank: Rank = .none) -> Occupant {
        Occupant(nick: nick, rank: rank, address: PeerAddress(network: ClientScript.network, name: nick.lowercased()))
    }

    private static let splits = [
        [":anna!a@h QUIT :a.net b.net", ":bob!b@h QUIT :a.net b.net"],
        [
            ":s BATCH +n netsplit a.net b.net", "@batch=n :anna!a@h QUIT :x", "@batch=n :bob!b@h QUIT :y",
            ":s BATCH -n",
        ],
    ]

    /// A script in `#c` after a netsplit that has taken anna and bob.
    private func split(_ lines: [String] = splits[0]) throws -> ClientScript {
        var script = try ClientScript.inRoom(.fences)
        for line in lines { try script.receive(line) }
        return script
    }

    @Test("each occupant leaves once, cut off, with the names of the servers", arguments: splits)
    func leaves(lines: [String]) throws {
        let words = Departure.cutOff(reason: "Netsplit (a.net b.net)")
        #expect(
            try split(lines).events == [
                .room(room, .occupantLeft(nick: "anna", words)), .room(room, .occupantLeft(nick: "bob", words)),
            ])
    }

    @Test(
        "a split is told from other departures by its batch, or by the names of two servers",
        arguments: [
            (":bob!b@h QUIT :a.net b.net", Departure.cutOff(reason: "Netsplit (a.net b.net)")),
            (":bob!b@h QUIT :*.net *.split", .cutOff(reason: "Netsplit (*.net *.split)")),
            ("@batch=n :bob!b@h QUIT :x y", .cutOff(reason: "Netsplit (a.net b.net)")),
            (":bob!b@h QUIT :gone to a.net", .quit(reason: "gone to a.net")), (":bob!b@h QUIT", .quit(reason: nil)),
        ])
    func words(line: String, departure: Departure) throws {
        var script = try ClientScript.inRoom(.labels)
        try script.receive(":s BATCH +n netsplit a.net b.net", line, ":s BATCH -n")
        #expect(script.events == [.room(room, .occupantLeft(nick: "bob", departure))])
    }

    @Test("each occupant comes back once, with the rank that follows")
    func returns() throws {
        var script = try split()
        script.pass(.minutes(1))
        script.forget()
        try script.receive(
            ":anna!a@h JOIN #c", ":bob!b@h JOIN #c", ":irc.b.net MODE #c +ov bob bob", ":carl!c@h JOIN #c")
        #expect(
            script.takeEvents().filter { if case .message = $0 { false } else { true } } == [
                .room(room, .occupantJoined(occupant("carl")))
            ], "somebody else is shown at once")
        script.pass(Returning.pause)
        #expect(
            script.takeEvents() == [
                .room(room, .occupantJoined(occupant("anna"))),
                .room(room, .occupantJoined(occupant("bob", .operator))),
            ])
        script.pass(.minutes(1))
        #expect(script.events.isEmpty)
    }

    @Test("the batch of a netjoin is folded also for people who were not seen before")
    func netjoin() throws {
        var script = try ClientScript.inRoom(.fences)
        try script.receive(
            ":s BATCH +j netjoin a.net b.net", "@batch=j :carl!c@h JOIN #c", ":s BATCH -j", ":s MODE #c +v carl")
        script.pass(Returning.pause)
        let people = script.events.filter { if case .message = $0 { false } else { true } }
        #expect(people == [.room(room, .occupantJoined(occupant("carl", .voiced)))])
    }

    @Test("somebody who speaks is shown before the words, and only once")
    func speaks() throws {
        var script = try split()
        try script.receive(":anna!a@h JOIN #c", ":bob!b@h JOIN #c")
        script.forget()
        try script.receive(":bob!b@h PRIVMSG #c :back")
        #expect(script.events.first == .room(room, .occupantJoined(occupant("bob"))) && script.events.count == 2)
        script.forget()
        script.pass(.seconds(5))
        #expect(script.events == [.room(room, .occupantJoined(occupant("anna")))])
    }

    @Test("somebody who leaves again, or changes the nick, before being shown is shown as things are then")
    func leavesAgain() throws {
        var script = try split()
        try script.receive(":anna!a@h JOIN #c", ":bob!b@h JOIN #c")
        script.forget()
        try script.receive(
            ":anna!a@h QUIT :a.net b.net", ":bob!b@h NICK bobby", ":bobby!b@h AWAY :x", ":bobby!b@h ACCOUNT x")
        #expect(script.events.isEmpty)
        script.pass(.seconds(5))
        let joined = script.events.compactMap { event in
            if case .room(_, .occupantJoined(let occupant)) = event { occupant.nick } else { nil }
        }
        #expect(joined == ["bobby"] && script.events.count == 1)
    }

    @Test("a request for the state of the room, and a change of the case mapping, tell of everybody first")
    func entersAgain() throws {
        var script = try split()
        try script.receive(":anna!a@h JOIN #c")
        script.forget()
        _ = script.perform(.join(room, password: nil))
        #expect(script.events.first == .room(room, .occupantJoined(occupant("anna"))))
        script.forget()
        try script.receive(":bob!b@h JOIN #c", ":s 005 me CASEMAPPING=ascii :x")
        #expect(script.events == [.room(room, .occupantJoined(occupant("bob")))])
        script.pass(.seconds(5))
        #expect(script.events.count == 1)
    }

    @Test("half an hour later a JOIN is told at once")
    func forgotten() throws {
        var script = try split()
        script.now = script.now + Returning.memory
        script.forget()
        try script.receive(":anna!a@h JOIN #c")
        #expect(script.events == [.room(room, .occupantJoined(occupant("anna")))])
    }

    /// A debug build is many times slower than a release build, whose limits the tests name.
    #if DEBUG
        private static let allowance = 50
    #else
        private static let allowance = 1
    #endif

    @Test("20,000 people are cut off and come back within half a second, each once, and in slices of 10 ms at most")
    func slices() throws {
        let many = 20_000
        let clock = ContinuousClock()
        var script = try ClientScript.inRoom(.fences)
        for number in 0..<many { try script.receive(":guest\(number)!g@h JOIN #c") }
        script.forget()
        var total = try clock.measure {
            for number in 0..<many { try script.receive(":guest\(number)!g@h QUIT :a.net b.net") }
        }
        #expect(script.takeEvents().count == many)
        total += try clock.measure {
            for number in 0..<many { try script.receive(":guest\(number)!g@h JOIN #c") }
        }
        #expect(script.events.isEmpty)
        var longest = Duration.zero
        var most = 0
        var shown: Set<String> = []
        while let due = script.client.returning.due {
            script.now = max(due, script.now)
            let slice = clock.measure { script.turn() }
            (longest, total) = (max(longest, slice), total + slice)
            let events = script.takeEvents()
            most = max(most, events.count)
            for case .room(room, .occupantJoined(let occupant)) in events {
                #expect(shown.insert(occupant.nick).inserted)
            }
        }
        #expect(most == Returning.slice && shown.count == many)
        #expect(total < .milliseconds(500) * Self.allowance && longest < .milliseconds(10) * Self.allowance)
    }
}
