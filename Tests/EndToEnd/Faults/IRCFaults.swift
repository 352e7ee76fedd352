import ServerRig
import Testing

extension Faults {
    static let ircBreaks = [
        Break(testDescription: "cut before a message", fault: .cut, point: .before("PRIVMSG", .outward)),
        Break(testDescription: "cut in the middle of a message", fault: .cut, point: .after("PRIVMSG", .outward)),
        Break(testDescription: "half-closed towards the server", fault: .halfClose, point: .after("PRIVMSG", .outward)),
        Break(testDescription: "half-closed by the server", fault: .halfClose, point: .before("ONG", .inward)),
    ]

    @Test(
        "when an IRC connection breaks, every message is either reflected or returned as an error, never both",
        arguments: ircBreaks)
    func brokenConnection(how: Break) async throws {
        var plan = Plan(networks: [.ngircd])
        (plan.hasFaults, plan.isFloodAllowed) = (true, true)
        try await Stage.with(plan) { deployment in
            let meeting = try await Meeting.begin(on: .ngircd, in: deployment)
            let rule = try deployment.faults.network(.ngircd).arm(how.fault, at: how.point)

            var ids = try (1...10).map { try meeting.alice.say("message \($0)", in: meeting.room) }
            try await rule.struck()
            ids += try (11...20).map { try meeting.alice.say("message \($0)", in: meeting.room) }

            try await meeting.expectOneWord(about: ids)
            try await meeting.alice.expect("to read that the network is back", within: .seconds(60)) {
                $0.isFrom(room: meeting.room) && $0.body == "The connection to the network is back."
            }
            try await meeting.expectTalk()
            try await meeting.expectOneWord(about: ids)
        }
    }

    @Test("a late answer of an IRC server makes no error", arguments: Plan.Network.allCases)
    func stalledConnection(network: Plan.Network) async throws {
        var plan = Plan(networks: [network])
        (plan.hasFaults, plan.isFloodAllowed) = (true, true)
        try await Stage.with(plan) { deployment in
            let meeting = try await Meeting.begin(on: network, in: deployment)
            let proxy = try deployment.faults.network(network)

            proxy.stall(.inward)
            let ids = try (1...10).map { try meeting.alice.say("message \($0)", in: meeting.room) }
            for number in 1...10 {
                try await meeting.anna.expectMessage("message \(number)", from: meeting.nick, to: meeting.channel)
            }
            try await meeting.alice.fence(deployment.irc)
            #expect(meeting.alice.stanzas.present { ids.contains($0.id) }.isEmpty)
            proxy.strike(.drip(every: .microseconds(200)), .inward)
            proxy.release()

            try await meeting.expectOneWord(about: ids)
            #expect(meeting.alice.stanzas.present { $0.type == "error" }.isEmpty)
        }
    }
}

extension Meeting {
    /// Checks that alice hears of each of these messages once: the message is shown to her, or comes back with an
    /// error.
    func expectOneWord(about ids: [String]) async throws {
        let room = room
        try await poll("a word about each of \(ids.count) messages") {
            let heard = alice.stanzas.present { $0.name == "message" && $0.isFrom(room: room) }
            return Set(ids).isSubset(of: heard.map(\.id)) ? () : nil
        }
        let words = alice.stanzas.present { ids.contains($0.id) }
        #expect(words.count == ids.count, "\(words)")
        for word in words where word.type == "error" {
            #expect(word.errorText?.isEmpty == false)
        }
    }

    /// Checks that alice and anna hear each other.
    func expectTalk() async throws {
        let id = try alice.say("still here", in: room)
        try await anna.expectMessage("still here", from: nick, to: channel)
        #expect(try await alice.expectSaid("still here", by: nick, in: room).id == id)
        try anna.say("so am I", to: channel)
        try await alice.expectSaid("so am I", by: anna.nick, in: room)
    }
}
