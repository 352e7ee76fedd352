import GatewayKit
import Testing
import XML
import XMPP

@testable import GatewayCore

@Suite("Reactions")
struct ReactionTests {
    private static let room = "#harbour%net@gw.test"
    private static let named = MessageID("n1")

    /// A scene with Anna in a room where Bob has sent a message, and the stanza-id of this message.
    private func scene(grade: Capabilities.Grade = .full) throws -> (Scene, String) {
        let scene = try Scene.inRoom()
        scene.capabilities = Capabilities([.text: .full, .reaction: grade])
        let message = InboundMessage(from: .room(Scene.room, nick: "Bob"), text: "ahoy", id: Self.named)
        scene.event(.message(message), network: "net")
        let shown = try #require(scene.messages.first?.stanzaID)
        scene.forget()
        return (scene, shown.id)
    }

    private func react(
        _ scene: Scene, to id: String, _ emoji: [String], type: String = "groupchat", at address: String = room
    ) throws {
        let inside = emoji.map { "<reaction>\($0)</reaction>" }.joined()
        try scene.receive(
            from: "anna@home.test/a",
            "<message type='\(type)' id='r'><body>fallback</body><fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reactions:0'/><reactions xmlns='urn:xmpp:reactions:0' id='\(id)'>"
                + "\(inside)</reactions></message>", to: address)
    }

    private func reactions(of message: Message?) throws -> MessageReactions {
        try MessageReactions(try #require(message?.first("reactions", namespace: MessageReactions.namespace)))
    }

    @Test("a reaction in a room is sent with the network's message id, and reflected when the network accepts it")
    func roomOut() throws {
        let (scene, id) = try scene()
        try react(scene, to: id, ["👋", "🐢"])
        let request = try scene.takeRequest()
        #expect(request.action == .send(.reaction(Self.named, ["👋", "🐢"]), to: .room(Scene.room)))
        #expect(scene.sent.isEmpty)
        scene.event(.outcome(request.id, .accepted(as: nil)), network: "net")
        let message = try #require(scene.messages.first)
        #expect(message.head.id == "r" && message.head.from?.resource == "anna" && message.type == .groupchat)
        #expect(try reactions(of: message) == MessageReactions(id: id, emoji: ["👋", "🐢"]))
        #expect(message.first("store", namespace: "urn:xmpp:hints") != nil, "archives keep it")
        #expect(message.body == nil && message.stanzaID != nil)
    }

    @Test("after a break of the stream, a reaction is shown behind the message that it refers to")
    func orderAfterBreak() throws {
        let (scene, _) = try scene()
        scene.post(.linkClosed)
        for number in 1...2 {
            let name = MessageID("later\(number)")
            let text = InboundMessage(from: .room(Scene.room, nick: "Bob"), text: "text \(number)", id: name)
            let reaction = InboundMessage(from: .room(Scene.room, nick: "Bob"), .reaction(name, ["\(number)"]))
            scene.event(.message(text), network: "net")
            scene.event(.message(reaction), network: "net")
        }
        scene.forget()
        scene.post(.linkOpened)
        let (ping, tag) = try #require(scene.queries.first)
        scene.post(.answered(tag, ping.result()))
        // The message before the break is unconfirmed, so it is shown again.
        let later = scene.messages.filter { $0.body != "ahoy" }
        let ids = later.filter { $0.body != nil }.map { $0.stanzaID?.id }
        let shown = try later.map { try $0.body ?? self.reactions(of: $0).id }
        #expect(ids.count == 2 && shown == ["text 1", ids.first, "text 2", ids.last])
        #expect(later.allSatisfy { $0.first("delay", namespace: Delay.namespace) != nil })
    }

    @Test("while another client is welcomed, a reaction does not overtake an earlier text")
    func orderInWelcome() throws {
        let (scene, id) = try scene()
        scene.doesSlicesAtOnce = false
        let crowd = (0..<1_000).map { Scene.occupant("guest\($0)") }
        for guest in crowd { scene.event(.room(Scene.room, .occupantJoined(guest)), network: "net") }
        try scene.join("anna@home.test/b")
        try scene.receive(
            from: "anna@home.test/a", "<message type='groupchat' id='m'><body>first</body></message>", to: Self.room)
        try react(scene, to: id, ["👋"])
        for request in scene.takeRequests() { scene.event(.outcome(request.id, .accepted(as: nil)), network: "net") }
        scene.event(.room(Scene.room, .occupantRenamed(from: "anna", to: Scene.occupant("ann"))), network: "net")
        scene.advance(by: .zero)
        let told = scene.messages.filter { $0.head.to?.resource == "a" }
        #expect(told.map(\.head.id) == ["m", "r"] && told.allSatisfy { $0.head.from?.resource == "anna" })
        #expect(scene.messages.filter { $0.head.id == "r" }.count == 2, "the new client gets it, too")
    }

    @Test("a reaction from the network in a room refers to the stanza-id of the message")
    func roomIn() throws {
        let (scene, id) = try scene()
        let content = Content.reaction(Self.named, ["👍"])
        scene.event(.message(InboundMessage(from: .room(Scene.room, nick: "Bob"), content)), network: "net")
        #expect(try reactions(of: scene.messages.first) == MessageReactions(id: id, emoji: ["👍"]))
        #expect(scene.messages.first?.head.from?.resource == "Bob")
        scene.forget()
        let unknown = Content.reaction(MessageID("n9"), ["👍"])
        scene.event(.message(InboundMessage(from: .room(Scene.room, nick: "Bob"), unknown)), network: "net")
        #expect(scene.sent.isEmpty)
    }

    @Test("in a private conversation, reactions refer to own and received messages by the ids of their stanzas")
    func direct() throws {
        let (scene, _) = try scene()
        let bob = "bob%net@gw.test"
        try scene.receive(from: "anna@home.test/a", "<message type='chat' id='own'><body>hi</body></message>", to: bob)
        scene.event(.outcome(try scene.takeRequest().id, .accepted(as: MessageID("n2"))), network: "net")
        let peer = PeerAddress(network: LiveRules.network, name: "bob")
        scene.event(.message(InboundMessage(from: .peer(peer), text: "yo", id: MessageID("n3"))), network: "net")
        let shown = try #require(scene.messages.first?.head.id)
        scene.forget()
        try react(scene, to: shown, ["👋"], type: "chat", at: bob)
        #expect(try scene.takeRequest().action == .send(.reaction(MessageID("n3"), ["👋"]), to: .peer(peer)))
        scene.event(
            .message(InboundMessage(from: .peer(peer), .reaction(MessageID("n2"), ["🐢"]))), network: "net")
        #expect(try reactions(of: scene.messages.first) == MessageReactions(id: "own", emoji: ["🐢"]))
        #expect(scene.messages.first?.head.from?.description == bob && scene.messages.first?.type == .chat)
    }

    @Test("a reaction that opens a session is decided by the adapter, because no capabilities are known yet")
    func opensSession() throws {
        let (scene, _) = try scene()
        let bob = "bob%net@gw.test"
        let peer = PeerAddress(network: LiveRules.network, name: "bob")
        scene.event(.message(InboundMessage(from: .peer(peer), text: "yo", id: MessageID("n3"))), network: "net")
        let shown = try #require(scene.messages.first?.head.id)
        scene.event(.state(.offline(Failure(.remoteDown, "gone"), retrying: false)), network: "net")
        scene.forget()
        let opened = scene.opened.count
        try react(scene, to: shown, ["👋"], type: "chat", at: bob)
        #expect(scene.opened.count == opened + 1 && scene.sent.isEmpty)
        #expect(try scene.takeRequest().action == .send(.reaction(MessageID("n3"), ["👋"]), to: .peer(peer)))
    }

    @Test("on a network without reactions, they are refused with feature-not-implemented")
    func unsupported() throws {
        let (scene, id) = try scene(grade: .rejected)
        try react(scene, to: id, ["👋"])
        #expect(scene.messages.map(\.stanzaError?.condition) == [.featureNotImplemented])
        #expect(scene.messages.first?.head.id == "r" && scene.requests.isEmpty)
    }

    @Test(
        "reactions to unknown messages, of the wrong type, or beyond the limits are refused",
        arguments: [
            ("gone", ["👋"], "groupchat", StanzaError.Condition.itemNotFound),
            ("gone", ["👋"], "chat", .badRequest),
            ("gone", [String](repeating: "👋", count: 1), "groupchat", .itemNotFound),
            ("gone", [String(repeating: "x", count: 65)], "groupchat", .notAcceptable),
            ("gone", (0..<21).map { "\($0)" }, "groupchat", .notAcceptable),
        ])
    func refused(id: String, emoji: [String], type: String, condition: StanzaError.Condition) throws {
        let (scene, _) = try scene()
        try react(scene, to: id, emoji, type: type)
        #expect(scene.messages.map(\.stanzaError?.condition) == [condition] && scene.requests.isEmpty)
    }

    @Test("a failed reaction comes back as an error with its id")
    func failed() throws {
        let (scene, id) = try scene()
        try react(scene, to: id, [])
        let request = try scene.takeRequest()
        #expect(request.action == .send(.reaction(Self.named, []), to: .room(Scene.room)))
        scene.event(.outcome(request.id, .failed(Failure(.unsupported, "no tags"))), network: "net")
        #expect(scene.messages.map(\.head.id) == ["r"])
        #expect(scene.messages.first?.stanzaError?.condition == .featureNotImplemented)
    }

    @Test("reactions are advertised if the network supports them", arguments: [Capabilities.Grade.full, .rejected])
    func advertised(grade: Capabilities.Grade) throws {
        let (scene, _) = try scene(grade: grade)
        for to in [Self.room, Self.room + "/Bob", "bob%net@gw.test"] {
            scene.forgetSent()
            try scene.receive(
                from: "anna@home.test/a",
                "<iq type='get' id='d'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>", to: to)
            let features = try DiscoInfo(try #require(scene.iqs.first?.payload.first)).features
            #expect(features.contains(MessageReactions.namespace) == (grade == .full), "\(to)")
        }
    }

    @Test("tens of thousands of reactions in one message are refused at once")
    func verymany() throws {
        let (scene, id) = try scene()
        let clock = ContinuousClock()
        let start = clock.now
        try react(scene, to: id, (0..<40_000).map { "\($0)" })
        #expect(scene.messages.map(\.stanzaError?.condition) == [.badRequest])
        #expect(clock.now - start < .seconds(20), "a comparison of every pair would take more than a minute")
    }

    @Test("a text beside reactions is refused, unless it is a fallback")
    func text() throws {
        let (scene, id) = try scene()
        try scene.receive(
            from: "anna@home.test/a",
            "<message type='groupchat' id='r'><body>words</body><reactions xmlns='urn:xmpp:reactions:0' id='\(id)'/></message>",
            to: Self.room)
        #expect(scene.messages.map(\.stanzaError?.condition) == [.badRequest] && scene.requests.isEmpty)
    }

    @Test("reactions with control characters or long ids are refused")
    func odd() throws {
        let (scene, id) = try scene()
        for emoji in ["&#10;", "a&#x85;"] {
            scene.forget()
            try react(scene, to: id, [emoji])
            #expect(scene.messages.map(\.stanzaError?.condition) == [.notAcceptable])
        }
        scene.forget()
        try react(scene, to: String(repeating: "i", count: 1_025), ["x"])
        #expect(scene.messages.map(\.stanzaError?.condition) == [.policyViolation] && scene.requests.isEmpty)
    }

    @Test("the copies of a reaction for the user's own clients count as sent by the user")
    func charged() throws {
        let scene = try Scene.live {
            $0.stanzasPerSecond = 1
            $0.stanzaBurst = 60
        }
        for number in 0..<20 { try scene.join("anna@home.test/\(number)") }
        scene.capabilities = Capabilities([.text: .full, .reaction: .full])
        scene.grantAll()
        let message = InboundMessage(from: .room(Scene.room, nick: "Bob"), text: "ahoy", id: Self.named)
        scene.event(.message(message), network: "net")
        let shown = try #require(scene.messages.last?.stanzaID)
        scene.forget()
        for _ in 0..<10 {
            try scene.receive(
                from: "anna@home.test/0",
                "<message type='groupchat' id='r'><reactions xmlns='urn:xmpp:reactions:0' id='\(shown.id)'/>"
                    + "</message>", to: Self.room)
            for request in scene.takeRequests() {
                scene.event(.outcome(request.id, .accepted(as: nil)), network: "net")
            }
        }
        #expect(scene.messages.contains { $0.stanzaError?.condition == .policyViolation })
    }
}
