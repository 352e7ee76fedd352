import GatewayKit
import Testing
import XML
import XMPP

@testable import GatewayCore

@Suite("Messages between two people")
struct DirectMessagesTests {
    private let bob = PeerAddress(network: LiveRules.network, name: "bob")

    private func write(_ scene: Scene, to: String, body: String = "hi") throws {
        try scene.receive(
            from: "anna@home.test/a", "<message type='chat' id='p1' to='\(to)'><body>\(body)</body></message>")
    }

    @Test("a message to a person opens a session and goes to the network")
    func out() throws {
        let scene = try Scene.live()
        try write(scene, to: "bob%net@gw.test")
        #expect(scene.opened.count == 1)
        let request = try scene.takeRequest()
        #expect(request.action == .send(.text(Text("hi")), to: .peer(bob)))
        scene.event(.outcome(request.id, .accepted(as: nil)), network: "net")
        #expect(scene.sent.isEmpty)
    }

    @Test("a refusal comes back with the original id")
    func refused() throws {
        let scene = try Scene.live()
        try write(scene, to: "bob%net@gw.test")
        scene.event(.outcome(try scene.takeRequest().id, .failed(Failure(.notFound, "no such nick"))), network: "net")
        #expect(scene.messages.first?.head.id == "p1")
        #expect(scene.messages.first?.stanzaError == StanzaError(.itemNotFound, "no such nick"))
    }

    @Test(
        "an answer comes from the address that the user wrote to",
        arguments: [
            "bob%net@gw.test", "#harbour%net@gw.test/Bob",
        ])
    func alias(address: String) throws {
        let scene = try Scene.inRoom()
        try write(scene, to: address)
        scene.event(.message(InboundMessage(from: .peer(bob), displayName: "Bob", text: "hey")), network: "net")
        #expect(scene.messages.last?.head.from?.description == address)
        #expect(scene.messages.last?.type == .chat && scene.messages.last?.body == "hey")
    }

    @Test("a message of a new person comes from the person's own address, with the display name")
    func new() throws {
        let scene = try Scene.inRoom()
        scene.event(.message(InboundMessage(from: .peer(bob), displayName: "Bob", text: "hey")), network: "net")
        #expect(scene.messages.first?.head.from?.description == "bob%net@gw.test")
        #expect(scene.messages.first?.head.to?.description == "anna@home.test")
        #expect(scene.messages.first?.first("nick", namespace: Nickname.namespace)?.text == "Bob")
    }

    @Test("a message to an occupant who is not in the room is refused")
    func absent() throws {
        let scene = try Scene.inRoom()
        try write(scene, to: "#harbour%net@gw.test/nobody")
        #expect(scene.messages.first?.stanzaError?.condition == .itemNotFound)
    }

    @Test("messages without a body, such as chat states, are dropped and not refused")
    func chatStates() throws {
        let scene = try Scene.live()
        try scene.receive(
            from: "anna@home.test/a",
            "<message type='chat' to='bob%net@gw.test'><composing xmlns='http://jabber.org/protocol/chatstates'/></message>"
        )
        #expect(scene.sent.isEmpty && scene.requests.isEmpty)
    }

    @Test(
        "groupchat to a person, an occupant or the gateway is refused",
        arguments: [
            ("bob%net@gw.test", "groupchat"), ("#harbour%net@gw.test/Bob", "groupchat"), ("gw.test", "groupchat"),
            ("net@gw.test", "groupchat"),
        ])
    func mistakes(to: String, type: String) throws {
        let scene = try Scene.inRoom()
        try scene.receive(
            from: "anna@home.test/a", "<message type='\(type)' id='x' to='\(to)'><body>x</body></message>")
        #expect(scene.messages.first?.type == .error && scene.messages.first?.head.id == "x")
        #expect(scene.requests.isEmpty)
    }

    @Test("an error is never answered")
    func errors() throws {
        let scene = try Scene.live()
        try scene.receive(
            from: "anna@home.test/a",
            "<message type='error' id='x' to='nowhere%nonet@gw.test'><error type='cancel'>"
                + "<item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>")
        try scene.receive(from: "eve@stranger.test/a", "<presence type='error' to='gw.test'/>")
        #expect(scene.sent.isEmpty)
    }

    @Test("a message that arrives while the home server is away is sent when it is back, with a delay stamp")
    func outage() throws {
        let scene = try Scene.inRoom()
        scene.post(.linkClosed)
        scene.event(.message(InboundMessage(from: .peer(bob), displayName: "Bob", text: "hey")), network: "net")
        #expect(scene.messages.isEmpty)
        scene.post(.linkOpened)
        #expect(scene.messages.map(\.body) == ["hey"])
        #expect(scene.messages.first?.first("delay", namespace: Delay.namespace) != nil)
    }

    @Test("a notice of the network comes from the network's address")
    func notice() throws {
        let scene = try Scene.inRoom()
        scene.event(.state(.notice("Welcome")), network: "net")
        #expect(scene.messages.first?.head.from?.description == "net@gw.test")
        #expect(scene.messages.first?.body == "Welcome")
    }
}
