import Basics
import GatewayKit
import GatewayTesting
import NIOCore
import Testing

@testable import IRCAdapter

struct JoiningTests {
    private let room = ClientScript.room

    private func occupant(_ nick: String, _ rank: Rank = .none, isFounder: Bool = false) -> Occupant {
        Occupant(
            nick: nick, rank: rank, isFounder: isFounder,
            address: PeerAddress(network: ClientScript.network, name: nick.lowercased()))
    }

    @Test("The entry is reported once all names and the topic are known")
    func entry() throws {
        var script = try ClientScript.ready(.fences)
        let id = script.perform(.join(room, password: nil))
        #expect(script.takeWritten() == ["JOIN #c"])
        try script.receive(":me!u@h JOIN :#C", ":s 332 me #c :\u{2}Hi\u{2} all", ":s 333 me #c anna!a@h 1500000000")
        try script.receive(":s 353 me = #C :@me +Anna", ":s 353 me = #c :~@bob!b@host &zed %hal")
        #expect(script.events.isEmpty)
        try script.receive(":s 366 me #c :End")
        let joined = JoinedRoom(
            nick: "me",
            occupants: [
                occupant("Anna", .voiced), occupant("bob", .owner, isFounder: true), occupant("hal", .assistant),
                occupant("me", .operator), occupant("zed", .owner),
            ],
            topic: Topic(text: "Hi all", author: "anna", setAt: Timestamp(secondsSince1970: 1_500_000_000)),
            propertiesFollow: true)
        #expect(script.takeEvents() == [.room(room, .joined(joined)), .outcome(id, .accepted(as: nil))])
    }

    @Test("Names that come before our own JOIN count, too")
    func outOfOrder() throws {
        var script = try ClientScript.ready(.fences)
        _ = script.perform(.join(room, password: nil))
        try script.receive(":s 353 me = #c :@me anna", ":s 366 me #c :End", ":s 331 me #c :No topic")
        #expect(script.events.isEmpty)
        try script.receive(":me!u@h JOIN #c")
        let (entered, joined) = try #require(script.events.entries.first)
        #expect(entered == room)
        #expect(joined.occupants.map(\.nick) == ["anna", "me"])
        #expect(joined.topic == nil)
    }

    @Test(
        "We are among the occupants of a room that we entered, whatever the server says of us during the entry",
        arguments: [":me!u@h NICK :we", ":me!u@h QUIT :x", ":anna!a@h NICK me"])
    func leftOut(line: String) throws {
        var script = try ClientScript.ready(.fences)
        _ = script.perform(.join(room, password: nil))
        try script.receive(":me!u@h JOIN #c", ":s 353 me = #c :anna bob", line, ":s 366 me #c :End")
        let (_, joined) = try #require(script.events.entries.first)
        #expect(joined.occupants.map(\.nick).contains(joined.nick))
    }

    @Test("We are among the occupants of a room also if the signs of ranks could spell our nick")
    func speltBySigns() throws {
        var script = try ClientScript.ready(.fences, support: "PREFIX=(qaohv)~&@me")
        _ = script.perform(.join(room, password: nil))
        try script.receive(":me!u@h JOIN #c", ":s 353 me = #c :@me anna", ":s 366 me #c :End")
        let (_, joined) = try #require(script.events.entries.first)
        #expect(joined.occupants.map(\.nick) == ["anna", "me"])
        #expect(joined.occupants.last?.rank == .operator)
    }

    @Test("Changes during the entry are part of the reported room, and messages during it follow after that")
    func meanwhile() throws {
        var script = try ClientScript.ready(.fences)
        _ = script.perform(.join(room, password: nil))
        try script.receive(
            ":me!u@h JOIN #c", ":s 353 me = #c :me anna bob", ":anna!a@h PRIVMSG #c :hi", ":bob!b@h QUIT :x",
            ":cora!c@h JOIN #c", ":anna!a@h NICK anne", ":s 366 me #c :End")
        let (entered, joined) = try #require(script.events.entries.first)
        #expect(entered == room)
        #expect(joined.occupants.map(\.nick) == ["anne", "cora", "me"])
        let message = try #require(script.events.messages.last)
        #expect(message.text == "hi")
        #expect(script.events.count == 3)
    }

    @Test("The entry is completed also if the server never ends the list of names")
    func noEndOfNames() throws {
        var script = try ClientScript.ready(.fences)
        let id = script.perform(.join(room, password: nil))
        try script.receive(":me!u@h JOIN #c", ":s 353 me = #c :me")
        script.pass(.seconds(21))
        #expect(script.outcomes(id) == [.outcome(id, .accepted(as: nil))])
    }

    @Test("A join without an answer fails after a minute")
    func silence() throws {
        var script = try ClientScript.ready(.fences)
        let id = script.perform(.join(room, password: nil))
        script.pass(.seconds(61))
        #expect(script.failure(id) == .unknownOutcome)
    }

    @Test("Two joins of one room make one JOIN, and each request has its outcome")
    func twice() throws {
        var script = try ClientScript.ready(.fences)
        let ids = [script.perform(.join(room, password: nil)), script.perform(.join(room, password: nil))]
        #expect(script.written == ["JOIN #c"])
        try script.receive(":me!u@h JOIN #c", ":s 366 me #c :End")
        let third = script.perform(.join(room, password: nil))
        for id in ids + [third] { #expect(script.outcomes(id) == [.outcome(id, .accepted(as: nil))]) }
        #expect(script.written == ["JOIN #c", "MODE #c"])
    }

    @Test("A join under another spelling of the same channel is refused")
    func otherSpelling() throws {
        var script = try ClientScript.ready(.fences)
        let brackets = RoomAddress(network: ClientScript.network, name: "#[a]")
        let braces = RoomAddress(network: ClientScript.network, name: "#{a}")
        _ = script.perform(.join(brackets, password: nil))
        try script.receive(":me!u@h JOIN #{A}", ":s 366 me #{a} :End")
        #expect(script.events.entries.map(\.room) == [brackets])
        #expect(script.refusal(of: .join(braces, password: nil)) == .conflict)
        _ = script.say("x", to: .room(brackets))
        #expect(script.written.contains("PRIVMSG #{A} :x"))
        try script.receive(":anna!a@h PRIVMSG #{a} :y")
        let message = try #require(script.events.messages.last)
        #expect(message.origin == .room(brackets, nick: "anna"))
    }

    @Test("A channel that the server puts us into is reported like any other")
    func forced() throws {
        var script = try ClientScript.ready(.fences)
        try script.receive(":me!u@h JOIN #New", ":s 353 me = #New :me", ":s 366 me #New :End")
        let address = try #require(script.events.entries.first?.room)
        #expect(address.name == "#new")
        #expect(script.events.count == 1)
    }

    @Test(
        "Names and keys that could not be one parameter of a line are refused",
        arguments: ["#a b", "#a,#b", "#a\r\nQUIT", "", "#" + String(repeating: "x", count: 250)])
    func hostileNames(_ name: String) throws {
        var script = try ClientScript.ready(.fences)
        let id = script.perform(.join(RoomAddress(network: ClientScript.network, name: name), password: nil))
        #expect(script.failure(id) == .malformedAddress)
        if !name.isEmpty {
            #expect(script.refusal(of: .join(room, password: Secret(name + " "))) == .notAuthorized)
        }
        #expect(script.written.isEmpty)
    }

    @Test("Leaving before the JOIN was written withdraws it; the join fails, and the leave is accepted")
    func takenBack() throws {
        var script = try ClientScript.ready(.fences, flood: FloodLimit(burst: 1, perSecond: 0.001))
        _ = script.say("uses the burst up", to: .peer(ClientScript.anna))
        let join = script.perform(.join(room, password: nil))
        let leave = script.perform(.leave(room, reason: nil))
        #expect(script.failure(join) == .notInRoom)
        #expect(script.outcomes(leave) == [.outcome(leave, .accepted(as: nil))])
        script.forget()
        let again = script.perform(.join(room, password: nil))
        #expect(script.outcomes(again).isEmpty)
    }

    @Test("Leaving while we enter ends both requests when the server shows the PART")
    func leaveWhileEntering() throws {
        var script = try ClientScript.ready(.fences)
        let join = script.perform(.join(room, password: nil))
        let leave = script.perform(.leave(room, reason: "no"))
        #expect(script.takeWritten().prefix(2) == ["JOIN #c", "PART #c :no"])
        try script.receive(":me!u@h JOIN #c", ":me!u@h PART #c :no", "PONG s fence-1")
        #expect(script.failure(join) == .notInRoom)
        #expect(script.outcomes(leave) == [.outcome(leave, .accepted(as: nil))])
        #expect(script.events.count == 2)
    }

    @Test("The number of channels and members that are kept is limited")
    func bounds() throws {
        var script = try ClientScript.ready(.fences)
        for number in 0..<(IRCClient.channelLimit + 5) { try script.receive(":me!u@h JOIN #c\(number)") }
        #expect(script.client.channels.count == IRCClient.channelLimit)
        let id = script.perform(.join(room, password: nil))
        #expect(script.failure(id) == .rateLimited)
        script.client.memberCount = IRCClient.memberLimit
        try script.receive(":s 353 me = #c1 :a b c")
        #expect(script.client.memberCount == IRCClient.memberLimit)
    }

    @Test("A JOIN before the welcome is ignored (found by fuzzing)")
    func tooEarly() throws {
        var script = ClientScript()
        try script.receive(":me!u@h JOIN #c", ":s 001 other :Hi", ":s 376 other :End", ":s 366 other #c :End")
        #expect(script.client.channels.isEmpty)
    }
}
