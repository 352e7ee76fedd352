import GatewayKit
import NIOCore
import Testing

@testable import IRCAdapter

struct FenceDeliveryTests {
    @Test("Without echoes a PING after the message proves that the server has read it")
    func fence() throws {
        var script = try ClientScript.inRoom(.fences)
        let id = script.say("hello")
        #expect(script.takeWritten() == ["PRIVMSG #c :hello", "PING :fence-1"])
        try script.receive(":s PONG s :other")
        #expect(script.events.isEmpty)
        try script.receive(":s PONG s :fence-1")
        #expect(script.takeEvents() == [.outcome(id, .accepted(as: nil))])
    }

    @Test("Only one fence is on its way at a time; later lines wait for the next one")
    func oneAtATime() throws {
        var script = try ClientScript.inRoom(.fences)
        let ids = ["a", "b", "c"].map { script.say($0) }
        #expect(
            script.takeWritten() == ["PRIVMSG #c :a", "PING :fence-1", "PRIVMSG #c :b", "PRIVMSG #c :c"])
        try script.receive("PONG s :fence-1")
        #expect(script.takeEvents() == [.outcome(ids[0], .accepted(as: nil))])
        #expect(script.takeWritten() == ["PING :fence-2"])
        try script.receive("PONG s :fence-2")
        #expect(script.takeEvents() == [.outcome(ids[1], .accepted(as: nil)), .outcome(ids[2], .accepted(as: nil))])
        #expect(script.takeWritten().isEmpty)
    }

    @Test("What was said behind a PING for very many lines still waits for the next PING")
    func behindMany() throws {
        var script = try ClientScript.inRoom(.fences)
        _ = script.say("first")
        let many = (0..<Outbox.keptLines + 6).map { script.say("\($0)") }
        try script.receive("PONG s :fence-1")
        let late = script.say("late")
        script.forget()
        try script.receive("PONG s :fence-2")
        #expect(script.takeEvents() == many.map { .outcome($0, .accepted(as: nil)) })
        try script.receive("PONG s :fence-3")
        #expect(script.takeEvents() == [.outcome(late, .accepted(as: nil))])
    }

    @Test("Messages to people share a fence, which is written after a second or when sixteen lines wait for it")
    func shared() throws {
        var script = try ClientScript.inRoom(.fences, flood: FloodLimit(burst: 1, perSecond: 0))
        let anna = Address.peer(ClientScript.anna)
        let first = [script.say("a", to: anna), script.say("b", to: anna)]
        #expect(script.takeWritten() == ["PRIVMSG anna :a", "PRIVMSG anna :b"])
        script.pass(.milliseconds(1_000))
        #expect(script.takeWritten() == ["PING :fence-1"])
        try script.receive("PONG s :fence-1")
        #expect(script.takeEvents() == first.map { .outcome($0, .accepted(as: nil)) })
        let many = (0..<FenceDemand.limit).map { script.say("\($0)", to: anna) }
        #expect(script.takeWritten().filter { $0.hasPrefix("PING") } == ["PING :fence-2"])
        try script.receive("PONG s :fence-2")
        #expect(script.takeEvents() == many.map { .outcome($0, .accepted(as: nil)) })
    }

    @Test("A message to a room is fenced at once, and the fence proves waiting messages to people, too")
    func sharedWithRoom() throws {
        var script = try ClientScript.inRoom(.fences)
        let ids = [script.say("a", to: .peer(ClientScript.anna)), script.say("b")]
        #expect(script.takeWritten() == ["PRIVMSG anna :a", "PRIVMSG #c :b", "PING :fence-1"])
        try script.receive("PONG s :fence-1")
        #expect(script.takeEvents() == ids.map { .outcome($0, .accepted(as: nil)) })
    }

    @Test("A fence does not prove lines that flood control still holds back")
    func behindTheQueue() throws {
        var script = try ClientScript.inRoom(.fences, flood: FloodLimit(burst: 4, perSecond: 1))
        let id = script.say("1\n2\n3\n4")
        let sent = script.takeWritten()
        #expect(sent == ["PRIVMSG #c :1", "PRIVMSG #c :2", "PING :fence-1"])
        try script.receive("PONG s :fence-1")
        #expect(script.takeEvents().isEmpty)
        script.pass(.milliseconds(2_100))
        #expect(script.takeWritten() == ["PRIVMSG #c :3", "PING :fence-2", "PRIVMSG #c :4"])
        try script.receive("PONG s :fence-2")
        #expect(script.takeEvents().isEmpty)
        try script.receive("PONG s :fence-3")
        #expect(script.takeEvents() == [.outcome(id, .accepted(as: nil))])
    }

    @Test("A refusal before the PONG fails the oldest message to its target, and the others are accepted")
    func refusal() throws {
        var script = try ClientScript.inRoom(.fences)
        let nobody = script.say("x", to: .peer(PeerAddress(network: ClientScript.network, name: "nobody")))
        let room = script.say("y")
        try script.receive(":s 401 me Nobody :No such nick", "PONG s :fence-1")
        try script.receive("PONG s :fence-2")
        #expect(script.failure(nobody) == .notFound)
        #expect(script.events.last == .outcome(room, .accepted(as: nil)))
        #expect(script.events.count == 2)
    }

    @Test("A message to ourselves that comes back at once is accepted by the fence, and not shown")
    func toOurselves() throws {
        var script = try ClientScript.ready(.fences)
        let id = script.say("note", to: .peer(PeerAddress(network: ClientScript.network, name: "me")))
        try script.receive(":me!u@h PRIVMSG me :note")
        #expect(script.events.isEmpty)
        script.pass(.seconds(1))
        try script.receive("PONG s :fence-1")
        #expect(script.events == [.outcome(id, .accepted(as: nil))])
    }

    @Test("When the server withdraws echo-message, fences take over")
    func capabilityLost() throws {
        var script = try ClientScript.inRoom(.echoes)
        try script.receive(":s CAP me DEL :echo-message")
        let id = script.say("x")
        #expect(script.takeWritten() == ["PRIVMSG #c :x", "PING :fence-1"])
        try script.receive("PONG s :fence-1")
        #expect(script.events == [.outcome(id, .accepted(as: nil))])
    }

    @Test(
        "After a break, unwritten messages have failed, and the outcome of written ones is unknown",
        arguments: ClientScript.Kind.allCases)
    func broken(_ kind: ClientScript.Kind) throws {
        var script = try ClientScript.inRoom(kind, flood: FloodLimit(burst: 4, perSecond: 0.001))
        let written = script.say("a")
        let half = script.say("b\nc")
        let unwritten = script.say("d")
        let rooms = script.client.ended(Failure(.remoteDown, "gone"), now: script.now)
        script.turn()
        #expect(script.failure(written) == .unknownOutcome)
        #expect(script.failure(half) == .unknownOutcome)
        #expect(script.failure(unwritten) == .remoteDown)
        #expect(script.events.last == .room(ClientScript.room, .left(.disconnected(reason: "gone"))))
        #expect(script.events.count == 4)
        #expect(rooms == [IRCClient.Rejoin(room: ClientScript.room, key: nil)])
    }
}
