import GatewayKit
import Testing
import XMPP

@testable import GatewayCore

@Suite("Questions about people")
struct PeerQuestionTests {
    private static let bob = PeerAddress(network: LiveRules.network, name: "bob")

    private func scene() throws -> Scene {
        let scene = try Scene.live()
        scene.capabilities = Capabilities([
            .text: .full, .join: .full, .nickChange: .full, .profile: .full, .software: .full, .echo: .full,
        ])
        try scene.join()
        scene.joined()
        scene.event(.state(.online(nick: "anna")), network: "net")
        scene.forget()
        return scene
    }

    private func ask(_ scene: Scene, _ payload: String, to: String = "bob%net@gw.test") throws {
        try scene.receive(from: "anna@home.test/a", "<iq type='get' id='q' to='\(to)'>\(payload)</iq>")
    }

    @Test(
        "a vCard of a person holds the facts that the network tells",
        arguments: ["bob%net@gw.test", "#harbour%net@gw.test/Bob"])
    func card(of address: String) throws {
        let scene = try scene()
        try ask(scene, "<vCard xmlns='vcard-temp'/>", to: address)
        #expect(scene.iqs.isEmpty)
        let request = try scene.takeRequest()
        #expect(request.action == .ask(.profile(Self.bob)))
        let profile = Profile(
            Self.bob, displayName: "Bob", details: [.init("Real name", "Robert"), .init("Account", "b")])
        scene.event(.answer(request.id, .profile(profile)), network: "net")
        let card = try VCard(try #require(scene.iqs.first?.payload.first))
        #expect(card.nickname == "Bob" && card.about == "Real name: Robert\nAccount: b")
        #expect(scene.iqs.count == 1 && scene.iqs[0].head.id == "q")
        #expect(scene.iqs[0].head.from?.description == address)
    }

    @Test("who asks for a vCard4 gets one, from the network and from what the gateway knows (XEP-0292)")
    func vcard4() throws {
        let scene = try scene()
        let query = "<vcard xmlns='urn:ietf:params:xml:ns:vcard-4.0'/>"
        try ask(scene, query)
        let profile = Profile(Self.bob, displayName: "Bob", details: [.init("Account", "b")])
        scene.event(.answer(try scene.takeRequest().id, .profile(profile)), network: "net")
        try ask(scene, query)
        scene.event(.outcome(try scene.takeRequest().id, .failed(Failure(.unknownOutcome, "?"))), network: "net")
        try ask(scene, query, to: "gw.test")
        let cards = try scene.iqs.map { try VCard4(try #require($0.payload.first)).card }
        #expect(cards.map(\.about) == ["Account: b", nil, "Martlet 1.2.3"])
        #expect(cards.map(\.name) == ["Bob", "bob (net)", "Chat gateway"])
    }

    @Test("a vCard of nobody is refused, and a network that does not answer leaves what the gateway knows")
    func noCard() throws {
        let scene = try scene()
        try ask(scene, "<vCard xmlns='vcard-temp'/>")
        scene.event(.outcome(try scene.takeRequest().id, .failed(Failure(.notFound, "Nobody."))), network: "net")
        try ask(scene, "<vCard xmlns='vcard-temp'/>")
        scene.event(.outcome(try scene.takeRequest().id, .failed(Failure(.unknownOutcome, "?"))), network: "net")
        #expect(scene.iqs.map { $0.stanzaError?.condition } == [.itemNotFound, nil])
    }

    @Test("version and ping of a person are asked over the network")
    func programs() throws {
        let scene = try scene()
        try ask(scene, "<query xmlns='jabber:iq:version'/>")
        let version = try scene.takeRequest()
        try ask(scene, "<ping xmlns='urn:xmpp:ping'/>")
        let ping = try scene.takeRequest()
        #expect(version.action == .ask(.software(Self.bob)) && ping.action == .ask(.echo(Self.bob)))
        scene.event(.answer(version.id, .software("irssi 1")), network: "net")
        scene.event(.outcome(ping.id, .failed(Failure(.unreachable, "No answer."))), network: "net")
        #expect(try Version(try #require(scene.iqs[0].payload.first)).name == "irssi 1")
        #expect(scene.iqs[1].stanzaError?.condition == .recipientUnavailable && scene.iqs.count == 2)
    }

    @Test("a ping of an occupant asks the person, and one of the user's own place in the room is answered at once")
    func occupantPings() throws {
        let scene = try scene()
        for nick in ["Bob", "anna"] {
            try scene.receive(
                from: "anna@home.test/a", "<iq type='get' id='\(nick)'><ping xmlns='urn:xmpp:ping'/></iq>",
                to: "#harbour%net@gw.test/\(nick)")
        }
        let asked = scene.takeRequests()
        #expect(asked.map(\.action) == [.ask(.echo(Self.bob))])
        #expect(scene.iqs.map(\.head.id) == ["anna"] && scene.iqs.map(\.type) == [.result])
        scene.event(.answer(try #require(asked.first).id, .echo), network: "net")
        #expect(scene.iqs.map(\.head.id) == ["anna", "Bob"] && scene.iqs.map(\.type) == [.result, .result])
    }

    @Test(
        "the user's own program on the network is the gateway, which answers at once",
        arguments: ["#harbour%net@gw.test/anna", "anna%net@gw.test"])
    func ownProgram(address: String) throws {
        let scene = try scene()
        try ask(scene, "<query xmlns='jabber:iq:version'/>", to: address)
        try ask(scene, "<ping xmlns='urn:xmpp:ping'/>", to: address)
        #expect(scene.takeRequests().isEmpty && scene.iqs.map(\.type) == [.result, .result])
        #expect(try Version(try #require(scene.iqs[0].payload.first)).name == "Martlet")
    }

    @Test("without a connection, the gateway answers what it can")
    func offline() throws {
        let scene = try Scene.live()
        try ask(scene, "<vCard xmlns='vcard-temp'/>")
        try ask(scene, "<ping xmlns='urn:xmpp:ping'/>")
        try ask(scene, "<query xmlns='jabber:iq:version'/>")
        #expect(scene.iqs.map(\.type) == [.result, .result, .error] && scene.takeRequests().isEmpty)
    }

    @Test("a user is told the new address of a person to whom the user has written")
    func renamed() throws {
        let scene = try scene()
        try scene.receive(
            from: "anna@home.test/a", "<message type='chat' to='bob%net@gw.test'><body>hi</body></message>")
        scene.forget()
        let new = PeerAddress(network: LiveRules.network, name: "bobby")
        scene.event(.peer(Self.bob, .renamed(to: new, displayName: "Bobby")), network: "net")
        scene.event(.peer(Self.bob, .renamed(to: new, displayName: "Bobby")), network: "net")
        #expect(scene.messages.count == 1)
        #expect(scene.messages[0].head.from?.description == "bob%net@gw.test")
        #expect(scene.messages[0].body?.contains("xmpp:bobby%25net@gw.test") == true)
    }

    @Test("marks that are no emphasis have <unstyled/>, in both directions")
    func unstyled() throws {
        let scene = try Scene.inRoom()
        let origin = InboundMessage.Origin.room(Scene.room, nick: "Bob")
        scene.event(.message(InboundMessage(from: origin, .text(Text("*a*", allowsEmphasis: false)))), network: "net")
        scene.event(.message(InboundMessage(from: origin, .text(Text("*a*")))), network: "net")
        #expect(scene.messages.map { $0.first("unstyled", namespace: Unstyled.namespace) != nil } == [true, false])
        for hint in ["<unstyled xmlns='urn:xmpp:styling:0'/>", ""] {
            try scene.receive(
                from: "anna@home.test/a",
                "<message type='groupchat' to='#harbour%net@gw.test'><body>*a*</body>\(hint)</message>")
        }
        let sent = scene.takeRequests().map(\.action)
        #expect(sent == [false, true].map { .send(.text(Text("*a*", allowsEmphasis: $0)), to: .room(Scene.room)) })
    }
}
