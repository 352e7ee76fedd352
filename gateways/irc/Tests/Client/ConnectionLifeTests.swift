import Basics
import GatewayKit
import GatewayTesting
import NIOCore
import Testing

@testable import IRCAdapter

struct ConnectionLifeTests {
    @Test("The connection ends if the server has not welcomed us within a minute")
    func registrationTimeout() throws {
        var script = ClientScript()
        try script.receive("NOTICE * :Wait", "PING :cookie")
        #expect(script.written.last == "PONG :cookie")
        script.pass(.seconds(59))
        #expect(script.end == nil)
        script.pass(.seconds(1))
        #expect(script.end?.failure.kind == .remoteDown)
        #expect(script.end?.cause == .broken)
    }

    @Test("After two minutes of silence we send a PING, and a minute later the connection ends")
    func keepalive() throws {
        var script = try ClientScript.inRoom(.fences)
        script.pass(.seconds(121))
        #expect(script.written == ["PING :alive"])
        try script.receive("PONG s :alive")
        script.pass(.seconds(119))
        #expect(script.written == ["PING :alive"])
        script.pass(.seconds(62))
        #expect(script.end?.cause == .broken)
    }

    @Test("A host that the network shows in place of ours counts for the length of lines, an empty one does not")
    func shownHost() throws {
        var script = try ClientScript.inRoom(.fences)
        func length() -> Int { script.client.identity.prefixLength(script.client.support.lengths) }
        try script.receive(":s 396 me a.test :is now your displayed host")
        let short = length()
        try script.receive(":s 396 me ~me@users.a.test :is now your displayed host")
        #expect(length() == short + "users.".utf8.count)
        try script.receive(":s 396 me @ :is now your displayed host")
        #expect(length() == short + "users.".utf8.count)
    }

    @Test("Half a minute after the last channel was left we send QUIT")
    func idle() throws {
        var script = try ClientScript.inRoom(.fences)
        script.pass(.seconds(100))
        #expect(script.end == nil)
        _ = script.perform(.leave(ClientScript.room, reason: nil))
        try script.receive(":me!u@h PART #c", "PONG s :fence-1")
        script.pass(.seconds(29))
        #expect(script.end == nil)
        script.pass(.seconds(2))
        #expect(script.end?.cause == .finished)
        #expect(script.written.last == "QUIT :idle")
    }

    @Test(
        "A connection that the user has logged in to is kept without channels, and ends half a minute after the logout")
    func staying() throws {
        var script = try ClientScript.ready(.fences)
        script.client.keepConnected(true, now: script.now)
        for _ in 0..<20 {
            script.pass(.seconds(119))
            try script.receive("PONG s :alive")
        }
        try script.receive(":anna!a@h PRIVMSG me :hi")
        #expect(script.end == nil)
        script.client.keepConnected(false, now: script.now)
        script.pass(.seconds(29))
        #expect(script.end == nil)
        script.pass(.seconds(2))
        #expect(script.end?.cause == .finished)
    }

    @Test("A private message keeps the connection for ten more minutes")
    func conversation() throws {
        var script = try ClientScript.ready(.fences)
        try script.receive(":anna!a@h PRIVMSG me :hi")
        for _ in 0..<5 {
            script.pass(.seconds(119))
            try script.receive("PONG s :alive")
        }
        #expect(script.end == nil)
        script.pass(.seconds(6))
        #expect(script.end?.cause == .finished)
    }

    @Test("ERROR ends the connection, and later lines are ignored")
    func error() throws {
        var script = try ClientScript.inRoom(.fences)
        try script.receive("ERROR :Closing Link: me (K-Lined)", ":anna!a@h PRIVMSG #c :late")
        #expect(script.end?.cause == .banned)
        #expect(script.end?.failure.text.contains("K-Lined") == true)
        #expect(script.events.isEmpty)
    }

    @Test("465 after the welcome ends the connection, too")
    func bannedLater() throws {
        var script = try ClientScript.inRoom(.fences)
        try script.receive(":s 465 me :You are banned")
        #expect(script.end?.cause == .banned)
    }

    @Test("Rooms to enter again are entered at once, with their keys; a refusal is shown to the user")
    func rejoin() throws {
        let other = RoomAddress(network: ClientScript.network, name: "#d")
        var script = ClientScript(rejoin: [
            IRCClient.Rejoin(room: ClientScript.room, key: Secret("k")), IRCClient.Rejoin(room: other, key: nil),
        ])
        try script.receive("CAP * LS :", ":s 001 me :Hi", ":s 422 me :No MOTD")
        #expect(script.written.suffix(2) == ["JOIN #c k", "JOIN #d"])
        script.forget()
        try script.receive(":me!u@h JOIN #c", ":s 366 me #c :End", ":s 474 me #d :Banned")
        #expect(script.events.entries.map(\.room) == [ClientScript.room])
        let words = try #require(script.events.notices.last)
        #expect(words.contains("#d could not be entered again"))
        guard case .room(other, .left(.left(let reason))) = script.events.last else {
            return #expect(Bool(false), "\(script.events)")
        }
        #expect(reason?.isEmpty == false)
        #expect(script.events.count == 3)
    }

    @Test("A nick that is chosen during the login is accepted when the server welcomes us under it")
    func earlyNick() throws {
        var script = ClientScript(nick: .suggestion(from: "me"))
        script.client.changeEarly(nick: "anna", request: RequestID("a"))
        script.client.changeEarly(nick: "bea", request: RequestID("b"))
        script.client.changeEarly(nick: "not a nick", request: RequestID("c"))
        try script.receive("CAP * LS :", ":s 001 bea :Hi", ":s 422 bea :No MOTD")
        #expect(script.written.suffix(3) == ["NICK :anna", "NICK :bea", "CAP END"])
        #expect(script.failure(RequestID("a")) == .conflict)
        #expect(script.failure(RequestID("c")) == .malformedAddress)
        #expect(script.outcomes(RequestID("b")) == [.outcome(RequestID("b"), .accepted(as: nil))])
        #expect(script.events.contains(.state(.online(nick: "bea"))))
    }

    @Test("Whatever order lines come in, every request has one outcome", arguments: UInt64(0)..<40)
    func chaos(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var script = try ClientScript.inRoom(ClientScript.Kind.allCases.randomElement(using: &random) ?? .fences)
        var ids: [RequestID] = []
        for _ in 0..<200 {
            if Bool.random(using: &random) {
                guard let action = ConnectionLifeTests.actions.randomElement(using: &random) else { continue }
                ids.append(script.perform(action))
            } else {
                let label = ["", "", "@label=\(Int.random(in: 1...60, using: &random)) "].randomElement(using: &random)
                let line = ConnectionLifeTests.lines.randomElement(using: &random) ?? ""
                try script.receive(line.hasPrefix("@") ? line : (label ?? "") + line)
            }
            if Int.random(in: 0..<20, using: &random) == 0 { script.pass(.seconds(5)) }
        }
        _ = script.client.ended(Failure(.remoteDown, "over"), now: script.now)
        script.turn()
        for id in ids { #expect(script.outcomes(id).count == 1) }
    }

    private static let actions: [Request.Action] = [
        .send(.text(Text("one\ntwo")), to: .room(ClientScript.room)),
        .send(.text(Text("hello")), to: .peer(ClientScript.anna)),
        .join(ClientScript.room, password: nil),
        .join(RoomAddress(network: ClientScript.network, name: "#x"), password: nil),
        .leave(ClientScript.room, reason: nil), .changeNick("other"), .changeNick("me"),
        .room(ClientScript.room, .topic("x")), .room(ClientScript.room, .kick(nick: "anna", reason: nil)),
    ]

    private static let lines = [
        ":me!u@h JOIN #c", ":me!u@h PART #c", ":me!u@h JOIN #x", ":s 366 me #c :x", ":s 366 me #x :x",
        ":s 353 me = #c :me anna", ":bob!b@h KICK #c me", ":me!u@h PRIVMSG #c :one", ":me!u@h PRIVMSG anna :hello",
        ":s 404 me #c :x", ":s 401 me anna :x", ":s 433 me other :x", ":me!u@h NICK other", ":other!u@h NICK me",
        ":s 482 me #c :x", ":me!u@h TOPIC #c :x", ":me!u@h KICK #c anna :x", "PONG s fence-1", "PONG s fence-2",
        "PONG s fence-3", "BATCH +a labeled-response", "BATCH -a", "@batch=a :s 442 me #c :x", "ACK", ":s 403 me #x :x",
        ":s CAP me DEL :echo-message", ":s CAP me ACK :echo-message", ":s 461 me JOIN :x",
    ]
}
