import GatewayKit
import NIOCore
import Testing

@testable import IRCAdapter

/// Error replies that no table explains, and replies that name no request.
struct NamelessRefusalTests {
    private static let other = RoomAddress(network: ClientScript.network, name: "#x")
    private static let proofs: [ClientScript.Kind] = [.fences, .echoes]

    private func texts(_ script: ClientScript) -> [String] { script.events.failures.map(\.text) }

    @Test(
        "An error that names a join ends it at once, with the words of the server; a reply that informs does not",
        arguments: [
            ("926 me #x :Cannot join channel", "#x: Cannot join channel"),
            ("609 me #x :No", nil), ("979 me #X k :Never", "#X k: Never"),
            ("587 me :Not in #x, sorry", "Not in #x, sorry"),
            ("520 me :Cannot join #x (IRCops only)", "Cannot join #x (IRCops only)"),
            ("FAIL JOIN NO #x :No", "NO #x: No"),
        ] as [(String, String?)])
    func joins(reply: String, words: String?) throws {
        var script = try ClientScript.inRoom(.fences)
        let id = script.perform(.join(Self.other, password: nil))
        try script.receive(":s \(reply)")
        #expect(script.outcomes(id).count == (words == nil ? 0 : 1))
        if let words { #expect(texts(script).allSatisfy { $0.hasSuffix("The network says: \(words)") }) }
    }

    @Test(
        "A message that any error names is refused before the PONG confirms it",
        arguments: proofs, ["487 me #c :no", "974 me #C :no", "FAIL PRIVMSG CANNOT_SEND #c :no", "579 me x #c :no"])
    func messages(proof: ClientScript.Kind, reply: String) throws {
        var script = try ClientScript.inRoom(proof)
        let id = script.say("hello")
        try script.receive(":s \(reply)", "PONG :fence-1")
        #expect(script.failure(id) == .forbidden && script.outcomes(id).count == 1)
        #expect(texts(script).allSatisfy { $0.hasSuffix(": no") })
    }

    @Test(
        "An error that names nothing refuses the only open request",
        arguments: ["487 me :no", "FAIL * X :no", "579 me :no"])
    func onlyRequest(reply: String) throws {
        var script = try ClientScript.inRoom(.fences)
        let id = script.say("hello", to: .peer(ClientScript.anna))
        try script.receive(":s \(reply)")
        #expect(script.failure(id) == .forbidden)
        #expect(script.events.notices == [])
    }

    @Test("With several open requests, an error that names nothing is shown, and the PONG decides")
    func severalRequests() throws {
        var script = try ClientScript.inRoom(.fences)
        let ids = [script.say("one"), script.say("two", to: .peer(ClientScript.anna))]
        try script.receive(":s 487 me :no")
        #expect(script.takeEvents() == [.state(.notice("no"))])
        script.pass(.seconds(2))
        try script.receive("PONG :fence-1")
        try script.receive("PONG :fence-2")
        #expect(script.events == ids.map { .outcome($0, .accepted(as: nil)) })
    }

    @Test("An error that names nothing refuses a message of several lines as one request")
    func lines() throws {
        var script = try ClientScript.inRoom(.fences)
        let id = script.say("one\ntwo")
        try script.receive(":s 487 me :no")
        #expect(script.failure(id) == .forbidden)
    }

    @Test(
        "A reply that names something else, or that only informs, refuses nothing",
        arguments: [
            "487 me #elsewhere :no", "671 me anna :is using a secure connection", "FAIL CHATHISTORY X anna :no",
            "461 me WHO :Not enough parameters", "717 me anna :has been told", "600 me anna u h 5 :logged on",
        ])
    func others(reply: String) throws {
        var script = try ClientScript.inRoom(.fences)
        let id = script.say("hello", to: .peer(ClientScript.anna))
        try script.receive(":s \(reply)")
        #expect(script.outcomes(id).isEmpty)
        script.pass(.seconds(2))
        try script.receive("PONG :fence-1")
        #expect(script.outcomes(id) == [.outcome(id, .accepted(as: nil))])
    }

    @Test(
        "A notice of the server that names the target and refuses it fails the message",
        arguments: [
            "*** Your message to #c was blocked: spam", "You cannot send to #C.", "Message to \"#c\" not delivered",
        ])
    func notices(text: String) throws {
        var script = try ClientScript.inRoom(.fences)
        let id = script.say("hello")
        try script.receive(":irc.net NOTICE me :\(text)", "PONG :fence-1")
        #expect(script.failure(id) == .forbidden && script.outcomes(id).count == 1)
        #expect(texts(script).allSatisfy { $0.hasSuffix(text) } && script.events.notices == [])
    }

    @Test(
        "Other notices refuse nothing and are shown",
        arguments: [
            (":irc.net NOTICE me :Welcome to #c", true), (":irc.net NOTICE me :You cannot send to #d", true),
            (":anna!a@h NOTICE me :You cannot send to #c", false),
        ])
    func otherNotices(line: String, isOfServer: Bool) throws {
        var script = try ClientScript.inRoom(.fences)
        let id = script.say("hello")
        try script.receive(line)
        #expect(script.outcomes(id).isEmpty && script.events.notices.count == (isOfServer ? 1 : 0))
        try script.receive("PONG :fence-1")
        #expect(script.outcomes(id) == [.outcome(id, .accepted(as: nil))])
    }

    @Test("A join that the network forwards fails, and names the other channel", arguments: ["##b", "#B", "#other"])
    func forwarded(to other: String) throws {
        var script = try ClientScript.ready(.fences)
        let id = script.perform(.join(Self.other, password: nil))
        try script.receive(":s 470 me #x \(other) :Forwarding to another channel")
        let failure = try #require(script.events.failures.first)
        let address = RoomAddress(network: ClientScript.network, name: IRCRules.canonical(other))
        #expect(failure.elsewhere == .room(address) && script.outcomes(id).count == 1)
        #expect(failure.text.hasSuffix("#x \(other): Forwarding to another channel"))
    }

    @Test("A forward to something that is no channel names no other address")
    func notForwarded() throws {
        var script = try ClientScript.ready(.fences)
        _ = script.perform(.join(Self.other, password: nil))
        try script.receive(":s 470 me #x :Forwarding")
        #expect(script.events.failures.map(\.elsewhere) == [nil])
    }
}
