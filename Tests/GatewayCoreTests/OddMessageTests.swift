import GatewayKit
import Registry
import Testing
import XML
import XMPP

@testable import GatewayCore

@Suite("Odd messages")
struct OddMessageTests {
    private func say(
        _ scene: Scene, _ inside: String, _ attributes: String = "type='chat' id='m'", to: String = "bob%net@gw.test",
        from: String = "anna@home.test/a"
    ) throws {
        try scene.receive(from: from, "<message \(attributes)>\(inside)</message>", to: to)
    }

    @Test(
        "a message without a body causes neither a request nor an error",
        arguments: [
            "", "<subject>x</subject><body/>", "<received xmlns='urn:xmpp:receipts' id='x'/>",
        ])
    func empty(inside: String) throws {
        let scene = try Scene.inRoom()
        try say(scene, inside)
        try say(scene, inside, "type='groupchat' id='m'", to: "#harbour%net@gw.test")
        #expect(scene.requests.isEmpty && scene.sent.isEmpty)
    }

    @Test("a message with an empty body is refused", arguments: ["<body/>", "<body xml:lang='de'/>"])
    func emptyBody(inside: String) throws {
        let scene = try Scene.inRoom()
        try say(scene, inside)
        try say(scene, inside, "type='groupchat' id='m'", to: "#harbour%net@gw.test")
        #expect(scene.requests.isEmpty)
        #expect(scene.messages.map(\.stanzaError?.condition) == [.notAcceptable, .notAcceptable])
    }

    @Test("a body of spaces and line breaks goes to the network", arguments: [" ", "   ", "&#10;", "&#9; &#10;&#10;"])
    func blank(body: String) throws {
        let scene = try Scene.inRoom()
        try say(scene, "<body>\(body)</body>")
        scene.event(
            .outcome(try scene.takeRequest().id, .failed(Failure(.notAcceptable, "There is no text."))), network: "net")
        #expect(scene.messages.map(\.stanzaError?.condition) == [.notAcceptable])
    }

    @Test(
        "a text beyond the network's limit is refused with its length and the limit",
        arguments: ["type='chat'", "type='groupchat'"])
    func long(type: String) throws {
        let scene = try Scene.inRoom()
        scene.capabilities = Capabilities([.text: .full], limits: Capabilities.Limits(textBytes: 65_536))
        let to = type.contains("group") ? "#harbour%net@gw.test" : "bob%net@gw.test"
        try say(scene, "<body>\(String(repeating: "ü", count: 32_768))</body>", "\(type) id='m'", to: to)
        #expect(scene.takeRequests().count == 1)
        try say(scene, "<body>\(String(repeating: "ü", count: 32_768))x</body>", "\(type) id='m'", to: to)
        #expect(scene.requests.isEmpty && scene.messages.map(\.stanzaError?.condition) == [.policyViolation])
        #expect(scene.messages.first?.stanzaError?.text?.contains("65537 bytes") == true)
    }

    @Test("messages of a user with too many open requests are refused, and other users are not affected")
    func busy() throws {
        let scene = try Scene.live()
        for number in 0..<3_000 { try say(scene, "<body>x</body>", "type='chat' id='m\(number)'") }
        #expect(scene.requests.count == 1_000 && scene.messages.count == 2_000)
        #expect(scene.messages.allSatisfy { $0.stanzaError?.condition == .resourceConstraint })
        #expect(Set(scene.messages.map(\.head.id)) == Set((1_000..<3_000).map { "m\($0)" }))
        try say(scene, "<body>x</body>", from: "ben@home.test/b")
        let asked = scene.takeRequests()
        #expect(asked.count == 1_001)
        scene.event(.outcome(asked[0].id, .accepted(as: nil)), network: "net")
        try say(scene, "<body>x</body>")
        #expect(scene.takeRequests().count == 1, "an answered request makes room")
    }

    @Test("messages of a user with too many open messages in the ledger are refused")
    func busyStored() throws {
        var limits = CoreSettings.Limits()
        limits.waitingPerUser = 5
        let scene = try Scene(
            StoredRules(), snapshot: GatewaySnapshot(accounts: [StoredDeliveryTests.account]), limits: limits)
        for number in 0..<7 {
            try say(scene, "<body>x</body>", "type='chat' id='m\(number)'", to: "+1555019\(number)@gw.test")
        }
        #expect(scene.messages.map(\.stanzaError?.condition) == [.resourceConstraint, .resourceConstraint])
        #expect(scene.messages.map(\.head.id) == ["m5", "m6"])
        let asked = scene.takeRequests()
        scene.event(.outcome(asked[0].id, .accepted(as: nil)), network: "phone")
        scene.event(.outcome(asked[1].id, .failed(Failure(.notFound, "no"))), network: "phone")
        scene.forget()
        for number in 0..<3 { try say(scene, "<body>\(number)</body>", to: "+1555018\(number)@gw.test") }
        #expect(scene.requests.count == 2 && scene.messages.count == 1)
    }

    @Test(
        "a resource outside of a room cannot send messages there, whatever their type",
        arguments: [
            ("anna@home.test/other", "type='groupchat'", "#harbour%net@gw.test", StanzaError.Condition.notAcceptable),
            ("anna@home.test", "type='groupchat'", "#harbour%net@gw.test", .notAcceptable),
            ("ben@home.test/b", "type='groupchat'", "#harbour%net@gw.test", .notAcceptable),
            ("anna@home.test/a", "type='groupchat'", "#quay%net@gw.test", .notAcceptable),
            ("anna@home.test/other", "type='chat'", "#harbour%net@gw.test/Bob", .notAcceptable),
            ("anna@home.test/a", "type='groupchat'", "#harbour%net@gw.test/Bob", .badRequest),
            ("anna@home.test/a", "", "#harbour%net@gw.test", .badRequest),
            ("anna@home.test/a", "type='headline'", "#harbour%net@gw.test", .badRequest),
            ("anna@home.test/a", "type='nonsense'", "#harbour%net@gw.test", .badRequest),
        ])
    func outsiders(from: String, type: String, to: String, condition: StanzaError.Condition) throws {
        let scene = try Scene.inRoom()
        try say(scene, "<body>x</body>", "\(type) id='m'", to: to, from: from)
        #expect(scene.requests.isEmpty && scene.messages.map(\.stanzaError?.condition) == [condition])
        #expect(scene.messages.first?.head.to?.description == from)
    }

    @Test(
        "every type but groupchat and error is a message to a person (RFC 6121 §5.2.2)",
        arguments: [
            "", "type='chat'", "type='normal'", "type='headline'", "type='nonsense'",
        ])
    func types(type: String) throws {
        let scene = try Scene.live()
        try say(scene, "<body>x</body>", type)
        #expect(scene.requests.count == 1)
    }

    @Test(
        "an error has the id of the message that it answers, or none if the message has none",
        arguments: [nil, "", "x", String(repeating: "i", count: 60_000)])
    func ids(id: String?) throws {
        let scene = try Scene.live()
        let message = Message(
            StanzaHead(to: try JID("bob%net@gw.test"), from: try JID("anna@home.test/a"), id: id), type: .chat,
            body: "x")
        scene.post(.stanza(.message(message)))
        scene.event(.outcome(try scene.takeRequest().id, .failed(Failure(.notFound, "no such nick"))), network: "net")
        #expect(scene.messages.map(\.head.id) == [id] && scene.messages.first?.type == .error)
        scene.post(.stanza(.message(Message(message.head, type: .groupchat, body: "x"))))
        #expect(scene.messages.last?.head.id == id && scene.messages.last?.type == .error)
    }

    @Test("of several bodies, the one without a language is sent, otherwise the first; all are reflected")
    func languages() throws {
        let scene = try Scene.inRoom()
        let marked = "<body xml:lang='de'>Moin</body><body xml:lang='da'>Hej</body>"
        try say(scene, marked + "<body>Hello</body>", "type='groupchat' id='m'", to: "#harbour%net@gw.test")
        try say(scene, marked, "type='groupchat' id='n'", to: "#harbour%net@gw.test")
        let asked = scene.takeRequests()
        #expect(
            asked.map(\.action) == ["Hello", "Moin"].map { .send(.text(Text($0)), to: .room(Scene.room)) })
        scene.event(.outcome(asked[0].id, .accepted(as: nil)), network: "net")
        #expect(scene.messages.first?.payload.count { $0.name == "body" } == 3 && scene.messages.first?.head.id == "m")
    }

    @Test("unregistering ends every open message and query with one error")
    func unregistering() throws {
        let scene = try Scene.inRoom()
        try scene.receive(
            from: "anna@home.test/a", "<iq id='r' type='set'><query xmlns='jabber:iq:register'/></iq>", to: "gw.test")
        try say(scene, "<body>x</body>")
        try scene.join("anna@home.test/b")
        try scene.receive(
            from: "anna@home.test/a", "<presence><x xmlns='http://jabber.org/protocol/muc'/></presence>",
            to: "#quay%net@gw.test/anna")
        let asked = scene.takeRequests()
        scene.forget()
        try scene.receive(
            from: "anna@home.test/a", "<iq id='u' type='set'><query xmlns='jabber:iq:register'><remove/></query></iq>",
            to: "gw.test")
        // A session that closes fails its open requests.
        let failure = Failure(.remoteDown, "closing")
        for request in asked { scene.event(.outcome(request.id, .failed(failure)), network: "net") }
        #expect(scene.messages.map(\.head.id) == ["m"] && scene.closed.count == 1)
        let refused = scene.presences.filter { $0.type == .error }
        #expect(refused.map(\.head.from?.description) == ["#quay%net@gw.test/anna"])
        scene.prove()
        scene.advance(by: .seconds(600))
        #expect(scene.kept.isEmpty)
    }

    @Test("an error with a guessed id does not return the message of another user")
    func forgedBounce() throws {
        let scene = try StoredDeliveryTests.scene()
        let peer = PeerAddress(network: StoredRules.network, name: "+15550199")
        scene.event(.message(InboundMessage(from: .peer(peer), text: "hi")), network: "phone", token: 1)
        let id = try #require(scene.messages.first?.head.id)
        let error =
            "<message type='error' id='\(id)'>\(StanzaError(.serviceUnavailable, as: .temporary).element.xml(defaultNamespace: ""))</message>"
        try scene.receive(from: "eve@home.test/e", error, to: "+15550199@gw.test")
        #expect(scene.ledgerFeature.usersWithReturnedMessages.isEmpty)
        try scene.receive(from: "anna@home.test", error, to: "+15550199@gw.test")
        #expect(scene.ledgerFeature.usersWithReturnedMessages.count == 1)
    }
}
