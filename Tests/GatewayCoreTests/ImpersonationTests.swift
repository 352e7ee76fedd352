import GatewayKit
import Testing
import XML
import XMPP

@testable import GatewayCore

/// People whose nicks become equal, or empty, when they are prepared for a JID.
@Suite("Nicks that look alike")
struct ImpersonationTests {
    private static let bobs = ["bob", "ｂob", "bo\u{200B}b", "𝐛ob", "b\u{202E}ob"]

    private static func occupant(_ nick: String) -> Occupant {
        Occupant(nick: nick, rank: .none, address: PeerAddress(network: LiveRules.network, name: nick))
    }

    private func scene() throws -> Scene {
        let scene = try Scene.live()
        try scene.join()
        let everyone = (["anna"] + Self.bobs).map(Self.occupant)
        scene.event(
            .room(Scene.room, .joined(JoinedRoom(nick: "anna", occupants: everyone, topic: nil))), network: "net")
        scene.event(.outcome(try scene.takeRequest().id, .accepted(as: nil)), network: "net")
        return scene
    }

    @Test("five people who look alike are five occupants")
    func occupants() throws {
        #expect(Set(try scene().presences.compactMap { $0.head.from?.resource }).count == 6)
    }

    @Test("a message of each in the room comes from that occupant, and never from the room")
    func speakers() throws {
        let scene = try scene()
        for nick in Self.bobs {
            scene.event(.message(InboundMessage(from: .room(Scene.room, nick: nick), text: nick)), network: "net")
        }
        let speakers = scene.messages.filter { $0.body?.isEmpty == false }.compactMap { $0.head.from?.resource }
        #expect(speakers == Self.bobs.map(ForeignName.resource))
        #expect(Set(speakers).count == Self.bobs.count)
    }

    @Test(
        "a private message from each has its own address, and the answer goes to that person", arguments: bobs)
    func privateMessages(nick: String) throws {
        let scene = try scene()
        scene.forget()
        let peer = PeerAddress(network: LiveRules.network, name: nick)
        scene.event(.message(InboundMessage(from: .peer(peer), displayName: nick, text: "hi")), network: "net")
        let from = try #require(scene.messages.first?.head.from)
        #expect((from.local == "bob%net") == (nick == "bob"))
        let shown = try #require(scene.messages.first?.first("nick", namespace: Nickname.namespace)?.text)
        #expect((shown == "bob") == (nick == "bob"), "the nicks that clients show differ as well")
        try scene.receive(
            from: "anna@home.test/a", "<message type='chat'><body>yes</body></message>", to: from.description)
        #expect(try scene.takeRequest().action == .send(.text(Text("yes")), to: .peer(peer)))
    }

    @Test("a message to an occupant and a kick reach the intended person", arguments: bobs)
    func occupantAddress(nick: String) throws {
        let scene = try scene()
        let shown = ForeignName.resource(for: nick)
        let address = try JID("#harbour%net@gw.test").with(resource: shown).description
        try scene.receive(from: "anna@home.test/a", "<message type='chat'><body>psst</body></message>", to: address)
        let peer = PeerAddress(network: LiveRules.network, name: nick)
        #expect(try scene.takeRequest().action == .send(.text(Text("psst")), to: .peer(peer)))
        let item = Element(
            "item", namespace: MUCAdmin.namespace, attributes: [Attribute("nick", shown), Attribute("role", "none")])
        let query = Element("query", namespace: MUCAdmin.namespace, elements: [item])
        let head = StanzaHead(to: try JID("#harbour%net@gw.test"), from: try JID("anna@home.test/a"), id: "k")
        scene.post(.stanza(.iq(IQ(head, type: .set, payload: [query]))))
        guard case .room(_, .kick(let kicked, _)) = try scene.takeRequest().action else {
            Issue.record("no kick")
            return
        }
        #expect(Array(kicked.utf8) == Array(nick.utf8))
    }

    @Test(
        "an escape that the gateway would not write is part of the nick and never means another person",
        arguments: [#"\u{62}ob"#, #"\u{0202e}"#, #"a\u{zz}"#, #"\u{110000}"#])
    func foreignEscapes(written: String) throws {
        let scene = try scene()
        scene.forget()
        try scene.receive(
            from: "anna@home.test/a", "<message type='chat'><body>hi</body></message>",
            to: JID(local: JID.escape("\(written)%net"), domain: "gw.test").description)
        let peer = PeerAddress(network: LiveRules.network, name: written)
        #expect(try scene.takeRequest().action == .send(.text(Text("hi")), to: .peer(peer)))
    }

    @Test("nicks with a composed and with a decomposed letter are two people")
    func composition() throws {
        let scene = try Scene.inRoom()
        for nick in ["\u{E9}va", "e\u{301}va"] {
            scene.event(.room(Scene.room, .occupantJoined(Self.occupant(nick))), network: "net")
        }
        #expect(Set(scene.presences.compactMap { $0.head.from?.resource }).count == 2)
        scene.event(.room(Scene.room, .occupantLeft(nick: "e\u{301}va", .quit(reason: nil))), network: "net")
        #expect(scene.presences.last?.head.from?.resource == #"e\u{301}va"#)
        #expect(scene.rooms()[Scene.room]?.occupants["\u{E9}va"] != nil)
    }

    @Test("a contact with such a nick keeps its address when the registry is read again")
    func contacts() throws {
        for nick in Self.bobs {
            let scene = try scene()
            let peer = Address.peer(PeerAddress(network: LiveRules.network, name: nick))
            let known = scene.kernel.addresses.jid(peer)
            let jid = try #require(known)
            #expect(scene.kernel.addresses.jid(localpart: LiveRules().localpart(of: peer)) == jid)
            #expect(
                try scene.kernel.addresses.target(of: jid) == .peer(PeerAddress(network: LiveRules.network, name: nick))
            )
        }
    }
}
