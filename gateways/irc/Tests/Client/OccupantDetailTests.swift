import GatewayKit
import NIOCore
import Testing

@testable import IRCAdapter

@Suite("Details of occupants")
struct OccupantDetailTests {
    private let room = ClientScript.room

    /// A script with all capabilities about people, in `#c` with anna and the operator bob.
    private func script(flood: FloodLimit = FloodLimit(perSecond: 0)) throws -> ClientScript {
        try ClientScript.inRoom(.fences, knowing: "account-notify away-notify extended-join", flood: flood)
    }

    private func occupant(
        _ nick: String, _ rank: Rank = .none, away: String? = nil, account: String? = nil, _ marks: OccupantMarks = []
    ) -> Occupant {
        let details = OccupantDetails(
            availability: away.map { .away($0.isEmpty ? nil : $0) } ?? .available, account: account, marks: marks)
        return Occupant(
            nick: nick, rank: rank, address: PeerAddress(network: ClientScript.network, name: nick), details: details)
    }

    private func changes(_ script: inout ClientScript) -> [Occupant] {
        script.takeEvents().compactMap {
            if case .room(_, .occupantChanged(let occupant)) = $0 { occupant } else { nil }
        }
    }

    @Test("our own presence is told in our rooms when the server has taken it, and in a room that we enter later")
    func ownAway() throws {
        var script = try script()
        _ = script.perform(.presence(.away("at lunch")))
        #expect(changes(&script).isEmpty)
        try script.receive(":s 306 me :away")
        #expect(changes(&script) == [occupant("me", away: "at lunch")])
        try script.receive(":me!u@h JOIN #d * :Me", ":s 353 me = #d :me anna", ":s 366 me #d :End")
        let entered: [JoinedRoom] = script.takeEvents().compactMap {
            if case .room(_, .joined(let room)) = $0 { room } else { nil }
        }
        #expect(entered.map { $0.occupants.first { $0.nick == "me" } } == [occupant("me", away: "at lunch")])
        try script.receive(":s 305 me :back")
        #expect(changes(&script) == [occupant("me"), occupant("me")])
    }

    @Test("AWAY of an occupant is told once, with its words, in each room that is shared")
    func away() throws {
        var script = try script()
        try script.receive(
            ":me!u@h JOIN #d * :Me", ":s 353 me = #d :me anna", ":s 366 me #d :End")
        script.forget()
        try script.receive(":anna!a@h AWAY :\u{2}at lunch", ":Anna!a@h AWAY :at lunch", ":zed!z@h AWAY :gone")
        #expect(changes(&script) == [occupant("anna", away: "at lunch"), occupant("anna", away: "at lunch")])
        try script.receive(":anna!a@h AWAY", ":anna!a@h AWAY", ":me!u@h AWAY :me too")
        #expect(changes(&script) == [occupant("anna"), occupant("anna")])
    }

    @Test("a change that waits for the pace does not hide the next one when the person has left a room")
    func heldChange() throws {
        var script = try script()
        for number in 0..<16 {
            try script.receive(
                ":me!u@h JOIN #d\(number) * :Me", ":s 353 me = #d\(number) :me anna", ":s 366 me #d\(number) :End")
        }
        for number in 0..<20 { try script.receive(":anna!a@h AWAY :\(number)") }
        script.forget()
        try script.receive(":anna!a@h AWAY :gone", ":anna!a@h PART #d0", ":anna!a@h AWAY")
        script.pass(.seconds(60))
        #expect(changes(&script).last == occupant("anna"))
        try script.receive(":anna!a@h AWAY :again")
        script.pass(.seconds(60))
        #expect(changes(&script).last == occupant("anna", away: "again"))
    }

    @Test("accounts come with JOIN and ACCOUNT, in canonical form")
    func account() throws {
        var script = try script()
        try script.receive(
            ":carl!c@h JOIN #c Carl[x] :Carl Real", ":dora!d@h JOIN #c * :Dora", ":anna!a@h ACCOUNT Ann",
            ":anna!a@h ACCOUNT ann", ":anna!a@h ACCOUNT *", ":nobody!n@h ACCOUNT x")
        #expect(
            script.takeEvents() == [
                .room(room, .occupantJoined(occupant("carl", account: "carl{x}"))),
                .room(
                    room,
                    .occupantJoined(
                        Occupant(
                            nick: "dora", rank: .none,
                            address: PeerAddress(network: ClientScript.network, name: "dora")))),
                .room(room, .occupantChanged(occupant("anna", account: "ann"))),
                .room(room, .occupantChanged(occupant("anna"))),
            ])
    }

    @Test("our own account at the entry is that of our occupant")
    func ownAccount() throws {
        var script = try ClientScript.ready(.fences, knowing: "extended-join")
        _ = script.perform(.join(room, password: nil))
        try script.receive(":me!u@h JOIN #c Mine :Me", ":s 353 me = #c :@me", ":s 366 me #c :End")
        let joined = script.events.compactMap { if case .room(_, .joined(let joined)) = $0 { joined } else { nil } }
        #expect(joined.map(\.occupants) == [[occupant("me", .operator, account: "mine")]])
    }

    @Test("a longer account than any network has is none")
    func longAccount() throws {
        var script = try script()
        try script.receive(":anna!a@h ACCOUNT \(String(repeating: "x", count: 101))")
        #expect(script.events.isEmpty)
    }

    @Test("the tags of a message tell the account and the bot before the message, once")
    func tags() throws {
        var script = try ClientScript.inRoom(.fences)
        try script.receive("@account=Ann;bot :anna!a@h PRIVMSG #c :beep", "@bot;account=Ann :anna!a@h PRIVMSG #c :boop")
        let events = script.takeEvents()
        #expect(events.first == .room(room, .occupantChanged(occupant("anna", account: "ann", .bot))))
        #expect(events.count == 3 && events.dropFirst().allSatisfy { if case .message = $0 { true } else { false } })
        try script.receive("@account=Ann :stranger!a@h PRIVMSG #c :from outside")
        #expect(script.events.count == 1)
    }

    @Test("the first member by PREFIX q counts as the founder, one by a does not")
    func founder() throws {
        var script = try script()
        try script.receive(":s MODE #c +a anna", ":s MODE #c +q anna", ":s MODE #c -q anna")
        #expect(changes(&script).map(\.isFounder) == [false, true, false])
    }

    @Test("many changes at once are told at a bounded rate, and only the last state of each")
    func flood() throws {
        let many = 300
        var script = try script()
        for number in 0..<many { try script.receive(":guest\(number)!g@h JOIN #c * :Guest") }
        script.forget()
        for words in ["one", "two", "three"] {
            for number in 0..<many { try script.receive(":guest\(number)!g@h AWAY :\(words)") }
        }
        let first = changes(&script)
        #expect(first.count == DetailNews.burst)
        script.pass(.seconds(1))
        #expect(script.events.count <= Int(DetailNews.perSecond) + 1)
        script.pass(.seconds(60))
        let last = changes(&script)
        #expect(first.count + last.count <= 2 * many, "several changes of one person are told as one")
        var states: [String: Occupant] = [:]
        for occupant in first + last { states[occupant.nick] = occupant }
        #expect(states.count == many && states.values.allSatisfy { $0.details?.availability == .away("three") })
        #expect(script.client.news.isEmpty)
    }

    @Test("a change that waits follows the person to another nick, and is dropped when the person leaves")
    func renamedWhileWaiting() throws {
        var script = try script()
        for number in 0..<150 { try script.receive(":guest\(number)!g@h JOIN #c * :Guest") }
        for number in 0..<150 { try script.receive(":guest\(number)!g@h AWAY :gone") }
        script.forget()
        try script.receive(":guest148!g@h NICK away148", ":guest149!g@h PART #c")
        #expect(
            script.takeEvents() == [
                .room(room, .occupantRenamed(from: "guest148", to: occupant("away148", away: "gone"))),
                .room(room, .occupantLeft(nick: "guest149", .left(reason: nil))),
            ])
        script.pass(.seconds(30))
        #expect(!changes(&script).contains { ["guest148", "guest149"].contains($0.nick) })
    }
}
