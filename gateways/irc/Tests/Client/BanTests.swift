import GatewayKit
import NIOCore
import Testing

@testable import IRCAdapter

/// Bans of people: by their hosts, and as the reason of kicks (XEP-0045 §9.1).
struct BanTests {
    private let room = ClientScript.room

    private func ban(_ nick: String, in script: inout ClientScript) -> RequestID {
        script.perform(.room(room, .add(ListEntry(nick), to: .bans)))
    }

    @Test("A ban of a nick is one of the person's host", arguments: ClientScript.Kind.allCases)
    func host(kind: ClientScript.Kind) throws {
        var script = try ClientScript.inRoom(kind)
        let label = kind == .labels ? "@label=2 " : ""
        let id = ban("Anna", in: &script)
        #expect(script.takeWritten().first == label + "USERHOST Anna")
        try script.receive("\(label):s 302 me :anna*=+~a@host.example")
        #expect(script.takeWritten().first?.hasSuffix("MODE #c +b *!*@host.example") == true)
        try script.receive(":me!u@h MODE #c +b *!*@host.example")
        #expect(script.outcomes(id) == [.outcome(id, .accepted(as: nil))])
    }

    @Test(
        "The ban is for the nick if the host is unknown, and for the user name if the host is ours, too",
        arguments: [
            ("302 me :", "anna!*@*"), ("302 me :anna=+~a@h", "*!*a@h"), ("302 me :anna=-u@h", "anna!*@*"),
            ("302 me :anna=+a@", "anna!*@*"), ("421 me USERHOST :Unknown command", "anna!*@*"),
        ])
    func otherMasks(reply: String, mask: String) throws {
        var script = try ClientScript.inRoom(.fences)
        _ = ban("anna", in: &script)
        script.forget()
        try script.receive(":s \(reply)")
        #expect(script.takeWritten().first == "MODE #c +b \(mask)")
    }

    @Test("The kick that belongs to a ban comes after it")
    func order() throws {
        var script = try ClientScript.inRoom(.fences)
        let id = ban("anna", in: &script)
        let kick = script.perform(.room(room, .kick(nick: "Anna", reason: "spam")))
        let other = script.perform(.room(room, .kick(nick: "bob", reason: nil)))
        #expect(script.takeWritten().filter { !$0.hasPrefix("PING") } == ["USERHOST anna", "KICK #c bob"])
        try script.receive(":s 302 me :anna=+a@host")
        #expect(
            script.takeWritten().filter { !$0.hasPrefix("PING") } == ["MODE #c +b *!*@host", "KICK #c Anna :spam"])
        try script.receive(":me!u@h MODE #c +b *!*@host", ":me!u@h KICK #c anna :spam", ":me!u@h KICK #c bob")
        for id in [id, kick, other] { #expect(script.outcomes(id) == [.outcome(id, .accepted(as: nil))]) }
    }

    @Test("Typed commands do the same, and removing a ban removes one for the nick, too")
    func typed() throws {
        var script = try ClientScript.inRoom(.fences)
        let room = Address.room(room)
        let id = script.perform(.ask(.command("ban anna", at: room)))
        script.forget()
        try script.receive(":s 302 me :anna=+a@host")
        #expect(script.takeWritten().first == "MODE #c +b *!*@host")
        try script.receive(":s PONG s fence-1")
        #expect(script.takeEvents() == [.answer(id, .command([]))])
        _ = script.perform(.ask(.command("unban anna", at: room)))
        script.forget()
        try script.receive(":s 302 me :anna=+a@host")
        #expect(script.takeWritten().prefix(2) == ["MODE #c -b anna!*@*", "MODE #c -b *!*@host"])
    }

    @Test("At the end of the connection, changes that wait for a host fail")
    func end() throws {
        var script = try ClientScript.inRoom(.fences)
        let id = ban("anna", in: &script)
        let kick = script.perform(.room(room, .kick(nick: "anna", reason: nil)))
        _ = script.client.ended(Failure(.remoteDown, "gone"), now: script.now)
        script.turn()
        #expect(script.outcomes(id).count == 1 && script.outcomes(kick).count == 1)
    }

    @Test("No more than 100 changes wait for a host")
    func bound() throws {
        var script = try ClientScript.inRoom(.fences)
        for number in 0..<100 { #expect(script.outcomes(ban("n\(number)", in: &script)).isEmpty) }
        let id = ban("late", in: &script)
        #expect(script.failure(id) == .rateLimited)
    }

    // MARK: Kicks after bans

    private let banned = Departure.banned(by: "bob", reason: "spam")
    private let kicked = Departure.kicked(by: "bob", reason: "spam")

    @Test(
        "A kick after a ban by the same person, which fits the kicked one, is a ban",
        arguments: [
            ("anna!*@*", true), ("*!*@any.host", true), ("carl!*@*", false), ("~q:anna!*@*", false),
        ])
    func others(mask: String, isBan: Bool) throws {
        var script = try ClientScript.inRoom(.fences)
        try script.receive(":bob!b@h MODE #c +mb \(mask)")
        script.forget()
        try script.receive(":bob!b@h KICK #c anna :spam")
        #expect(script.events == [.room(room, .occupantLeft(nick: "anna", isBan ? banned : kicked))])
    }

    @Test("Our own user name and host must fit", arguments: [("*!u@h", true), ("me!*@*", true), ("*!*@other", false)])
    func own(mask: String, isBan: Bool) throws {
        var script = try ClientScript.inRoom(.fences)
        try script.receive(":bob!b@h MODE #c +b \(mask)")
        script.forget()
        try script.receive(":bob!b@h KICK #c me :spam")
        #expect(script.events == [.room(room, .left(isBan ? banned : kicked))])
    }

    @Test("A kick by somebody else, a second one, or a late one is only a kick", arguments: [0, 1, 2])
    func onlyKicked(way: Int) throws {
        var script = try ClientScript.inRoom(.fences)
        try script.receive(":carl!c@h JOIN #c", ":bob!b@h MODE #c +b *!*@bad")
        if way == 1 { try script.receive(":bob!b@h KICK #c carl") }
        if way == 2 { script.pass(.seconds(11)) }
        script.forget()
        try script.receive(way == 0 ? ":carl!c@h KICK #c anna :spam" : ":bob!b@h KICK #c anna :spam")
        let by = way == 0 ? "carl" : "bob"
        #expect(script.events == [.room(room, .occupantLeft(nick: "anna", .kicked(by: by, reason: "spam")))])
    }
}
