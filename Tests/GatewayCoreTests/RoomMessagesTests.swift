import Basics
import GatewayKit
import Testing
import XML
import XMPP

@testable import GatewayCore

@Suite("Messages in rooms")
struct RoomMessagesTests {
    private func say(_ scene: Scene, _ body: String, from: String = "anna@home.test/a") throws {
        try scene.receive(
            from: from,
            "<message type='groupchat' id='m1' to='#harbour%net@gw.test'><body>\(body)</body>"
                + "<origin-id xmlns='urn:xmpp:sid:0' id='o1'/><active xmlns='http://jabber.org/protocol/chatstates'/></message>"
        )
    }

    @Test("a message is reflected to every resource only when the network has accepted it")
    func reflection() throws {
        let scene = try Scene.inRoom()
        try scene.join("anna@home.test/b")
        scene.forget()
        try say(scene, "ahoy")
        #expect(scene.sent.isEmpty)
        let request = try scene.takeRequest()
        #expect(request.action == .send(.text(Text("ahoy")), to: .room(Scene.room)))
        scene.event(.outcome(request.id, .accepted(as: nil)), network: "net")
        let occupant = OccupantKey(secret: Secret("")).key(ofRoom: "#harbour%net").id(of: "anna")
        #expect(
            try scene.takeSent()
                == ["a", "b"].map { resource in
                    "<message from='#harbour%net@gw.test/anna' id='m1' to='anna@home.test/\(resource)' type='groupchat'>"
                        + "<body>ahoy</body><origin-id xmlns='urn:xmpp:sid:0' id='o1'/>"
                        + "<active xmlns='http://jabber.org/protocol/chatstates'/>"
                        + "<stanza-id xmlns='urn:xmpp:sid:0' id='id-1' by='#harbour%net@gw.test'/>"
                        + "<occupant-id xmlns='urn:xmpp:occupant-id:0' id='\(occupant)'/></message>"
                }.map { try Self.sorted($0) })
    }

    /// The XML with attributes in the order of the XML writer, for comparisons.
    private static func sorted(_ xml: String) throws -> String {
        var element = try Element(parsing: xml, defaultNamespace: Stanza.namespace)
        element = try Stanza(element).element
        return element.xml(defaultNamespace: Stanza.namespace)
    }

    @Test(
        "a reflection keeps what the sender has sent",
        arguments: [
            "<replace xmlns='urn:xmpp:message-correct:0' id='m0'/>",
            "<x xmlns='jabber:x:oob'><url>https://x.example/a.png</url></x>",
            "<stanza-id xmlns='urn:xmpp:sid:0' id='s' by='other@jid.test'/>",
            "<reply xmlns='urn:xmpp:reply:0' to='#harbour%net@gw.test/Bob' id='m0'/>",
            "<markable xmlns='urn:xmpp:chat-markers:0'/>", "<thread>t</thread>",
        ])
    func reflectedPayload(payload: String) throws {
        #expect(try reflection(of: payload).map(\.name) == ["body", try Self.parse(payload).name])
    }

    @Test(
        "a reflection has nothing that only the room may say",
        arguments: [
            "<stanza-id xmlns='urn:xmpp:sid:0' id='s' by='#harbour%net@gw.test'/>",
            "<stanza-id xmlns='urn:xmpp:sid:0' id='s' by='#HARBOUR%net@gw.test/Bob'/>",
            "<stanza-id xmlns='urn:xmpp:sid:0' id='s'/>",
            "<occupant-id xmlns='urn:xmpp:occupant-id:0' id='o'/>",
            "<x xmlns='http://jabber.org/protocol/muc#user'><status code='110'/></x>",
            "<delay xmlns='urn:xmpp:delay' stamp='2020-01-01T00:00:00Z' from='#harbour%net@gw.test'/>",
        ])
    func forgedPayload(payload: String) throws {
        #expect(try reflection(of: payload).map(\.name) == ["body"])
    }

    private static func parse(_ xml: String) throws -> Element {
        try Element(parsing: xml, defaultNamespace: Stanza.namespace)
    }

    /// The payload of the reflection of a message with a body and this payload.
    private func reflection(of payload: String) throws -> [Element] {
        let scene = try Scene.inRoom()
        try scene.receive(
            from: "anna@home.test/a", "<message type='groupchat' id='m'><body>x</body>\(payload)</message>",
            to: "#harbour%net@gw.test")
        scene.event(.outcome(try scene.takeRequest().id, .accepted(as: nil)), network: "net")
        return try #require(scene.messages.first).payload
    }

    @Test("each message that the network is asked to send is counted, and a message from outside the room is not")
    func count() throws {
        let scene = try Scene.inRoom()
        try say(scene, "ahoy")
        try say(scene, "ahoy again")
        try say(scene, "nobody hears this", from: "anna@home.test/outside")
        #expect(scene.requests.count == 2 && scene.counted.count { $0 == .messagesOut } == 2)
    }

    @Test("a refused message comes back as an error with its id and is not reflected")
    func refusal() throws {
        let scene = try Scene.inRoom()
        try say(scene, "ahoy")
        scene.event(.outcome(try scene.takeRequest().id, .failed(Failure(.forbidden, "moderated"))), network: "net")
        #expect(scene.messages.count == 1)
        #expect(scene.messages.first?.type == .error && scene.messages.first?.head.id == "m1")
        #expect(scene.messages.first?.stanzaError == StanzaError(.forbidden, "moderated"))
    }

    @Test("a /me is an action in both directions")
    func action() throws {
        let scene = try Scene.inRoom()
        try say(scene, "/me waves")
        #expect(
            try scene.takeRequest().action
                == .send(.text(Text("waves", form: .action)), to: .room(Scene.room)))
        let said = InboundMessage(from: .room(Scene.room, nick: "Bob"), text: "nods", form: .action)
        scene.event(.message(said), network: "net")
        #expect(scene.messages.first?.body == "/me nods")
    }

    @Test("a resource that is not in the room cannot send messages there")
    func outsider() throws {
        let scene = try Scene.inRoom()
        try say(scene, "x", from: "anna@home.test/other")
        try say(scene, "x", from: "bob@home.test/b")
        #expect(scene.messages.map { $0.stanzaError?.condition } == [.notAcceptable, .notAcceptable])
        #expect(scene.requests.isEmpty)
    }

    @Test("a subject without a body sets the topic, and its refusal is an error", arguments: ["new", ""])
    func topic(text: String) throws {
        let scene = try Scene.inRoom()
        try scene.receive(
            from: "anna@home.test/a",
            "<message type='groupchat' id='t' to='#harbour%net@gw.test'><subject>\(text)</subject></message>")
        let request = try scene.takeRequest()
        #expect(request.action == .room(Scene.room, .topic(text)))
        scene.event(.outcome(request.id, .failed(Failure(.forbidden, "not an operator"))), network: "net")
        #expect(scene.messages.first?.head.id == "t" && scene.messages.first?.stanzaError?.condition == .forbidden)
    }

    @Test("a message of another occupant reaches every resource that is in the room")
    func heard() throws {
        let scene = try Scene.inRoom()
        let said = InboundMessage(from: .room(Scene.room, nick: "Bob"), text: "hello")
        scene.event(.message(said), network: "net")
        let message = try #require(scene.messages.first)
        #expect(message.type == .groupchat && message.body == "hello")
        #expect(message.head.from?.resource == "Bob" && message.head.to?.description == "anna@home.test/a")
    }

    @Test("a message that arrives while the home server is away is sent when it is back, with a delay stamp")
    func missed() throws {
        let scene = try Scene.inRoom()
        scene.post(.linkClosed)
        scene.event(.message(InboundMessage(from: .room(Scene.room, nick: "Bob"), text: "hello")), network: "net")
        #expect(scene.messages.isEmpty)
        scene.post(.linkOpened)
        #expect(scene.messages.map(\.body) == ["hello"])
        #expect(scene.messages.first?.first("delay", namespace: Delay.namespace) != nil)
    }

    @Test("a message that was unconfirmed when the stream broke is sent again with the same id")
    func unconfirmed() throws {
        let scene = try Scene.inRoom()
        scene.event(.message(InboundMessage(from: .room(Scene.room, nick: "Bob"), text: "hello")), network: "net")
        let first = try #require(scene.messages.first?.head.id)
        scene.post(.linkClosed)
        scene.forget()
        scene.post(.linkOpened)
        #expect(scene.messages.map(\.head.id) == [first])
    }

    @Test("a message that the stream refuses is not confirmed by the open fence, and is sent again")
    func overflow() throws {
        let scene = try Scene.inRoom()
        scene.event(.message(InboundMessage(from: .room(Scene.room, nick: "Bob"), text: "hello")), network: "net")
        scene.advance(by: .seconds(1))
        let first = try #require(scene.messages.first?.head.id)
        try scene.refuseLast()
        scene.post(.fenced(batch: try #require(scene.fences.last), true))
        scene.forget()
        scene.advance(by: .seconds(1))
        #expect(scene.messages.map(\.head.id) == [first])
    }

    @Test("a message that was sent again and is still unconfirmed is sent once more")
    func sentAgainInVain() throws {
        let scene = try Scene.inRoom()
        scene.event(.message(InboundMessage(from: .room(Scene.room, nick: "Bob"), text: "hello")), network: "net")
        let first = try #require(scene.messages.first?.head.id)
        try scene.refuseLast()
        scene.advance(by: .seconds(1))
        scene.post(.linkClosed)
        scene.forget()
        scene.post(.linkOpened)
        #expect(scene.messages.map(\.head.id) == [first])
    }

    @Test("a message that the stream refused after an outage is sent again, even if the ping is answered meanwhile")
    func refusedAfterOutage() throws {
        let scene = try Scene.inRoom()
        scene.post(.linkClosed)
        scene.event(.message(InboundMessage(from: .room(Scene.room, nick: "Bob"), text: "hello")), network: "net")
        scene.post(.linkOpened)
        let first = try #require(scene.messages.first?.head.id)
        try scene.refuseLast()
        let (ping, tag) = try #require(scene.queries.last)
        scene.post(.answered(tag, ping.result()))
        scene.forget()
        scene.advance(by: .seconds(1))
        #expect(scene.messages.map(\.head.id) == [first])
    }

    @Test("a resource that comes back gets the missed messages, and again if the stream breaks then")
    func missedAndBroken() throws {
        let scene = try Scene.inRoom()
        try scene.receive(
            from: "anna@home.test/a",
            "<message type='error' to='#harbour%net@gw.test/Bob'><error type='cancel'>"
                + "<recipient-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>")
        scene.event(.message(InboundMessage(from: .room(Scene.room, nick: "Bob"), text: "hello")), network: "net")
        #expect(scene.messages.isEmpty, "no resource is in the room")
        try scene.join()
        let first = try #require(scene.messages.first { $0.body == "hello" }?.head.id)
        scene.post(.linkClosed)
        scene.forget()
        scene.post(.linkOpened)
        #expect(scene.messages.map(\.head.id) == [first])
    }

    @Test("a refusal and a reflection reach the sender after an outage of the home server", arguments: [true, false])
    func outcomeInOutage(isRefused: Bool) throws {
        let scene = try Scene.inRoom()
        try say(scene, "ahoy")
        let id = try scene.takeRequest().id
        scene.post(.linkClosed)
        scene.event(
            isRefused ? .outcome(id, .failed(Failure(.forbidden, "no"))) : .outcome(id, .accepted(as: nil)),
            network: "net")
        #expect(scene.messages.isEmpty)
        scene.post(.linkOpened)
        #expect(scene.messages.map(\.type) == [isRefused ? .error : .groupchat])
        #expect(scene.messages.first?.head.id == "m1")
    }

    @Test("a reflection that was unconfirmed when the stream broke is sent again")
    func unconfirmedReflection() throws {
        let scene = try Scene.inRoom()
        try say(scene, "ahoy")
        scene.event(.outcome(try scene.takeRequest().id, .accepted(as: nil)), network: "net")
        scene.post(.linkClosed)
        scene.forget()
        scene.post(.linkOpened)
        #expect(scene.messages.map(\.head.id) == ["m1"] && scene.messages.first?.body == "ahoy")
    }

    @Test("a message that a fence has confirmed is not sent again")
    func proven() throws {
        let scene = try Scene.inRoom()
        let before = scene.fences.count
        scene.event(.message(InboundMessage(from: .room(Scene.room, nick: "Bob"), text: "hello")), network: "net")
        #expect(scene.fences.count == before, "one fence a second is enough")
        scene.advance(by: .seconds(1))
        #expect(scene.fences.count == before + 1)
        scene.post(.fenced(batch: try #require(scene.fences.last), true))
        scene.post(.linkClosed)
        scene.forget()
        scene.post(.linkOpened)
        #expect(scene.messages.isEmpty)
    }

    @Test("a message to a room that is not of type groupchat is refused")
    func wrongType() throws {
        let scene = try Scene.inRoom()
        try scene.receive(
            from: "anna@home.test/a", "<message type='chat' id='m' to='#harbour%net@gw.test'><body>x</body></message>")
        #expect(scene.messages.first?.stanzaError?.condition == .badRequest)
    }

    @Test("in Gajim, which shows nothing of the bare JID, words of the room come from its name; settings do not")
    func gajim() throws {
        let scene = try Scene.inRoom(commands: true)
        for (client, node) in [("g", "https://gajim.org"), ("o", "https://other.test")] {
            try scene.receive(
                from: "anna@home.test/\(client)",
                "<presence id='j' to='#harbour%net@gw.test/anna'><x xmlns='http://jabber.org/protocol/muc'/>"
                    + "<c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='\(node)' ver='x'/></presence>")
        }
        func senders() -> [String?] {
            ["g", "o"].map { client in
                scene.messages.first { $0.head.to?.resource == client }?.head.from?.description
            }
        }
        scene.forget()
        let notice = InboundMessage(from: .room(Scene.room, nick: nil), text: "Mode +i", form: .notice)
        scene.event(.message(notice), network: "net")
        #expect(senders() == ["#harbour%net@gw.test/#harbour", "#harbour%net@gw.test"])
        scene.forget()
        scene.event(.room(Scene.room, .propertiesChanged([.moderated])), network: "net")
        #expect(senders() == ["#harbour%net@gw.test", "#harbour%net@gw.test"])
        scene.forget()
        try scene.receive(
            from: "anna@home.test/g", "<message type='groupchat' id='q'><body>/mode</body></message>",
            to: "#harbour%net@gw.test")
        scene.event(.answer(try scene.takeRequest().id, .command(["+nt"])), network: "net")
        #expect(senders() == ["#harbour%net@gw.test/#harbour", nil])
        // Nobody can take the place of the room.
        scene.event(.room(Scene.room, .occupantJoined(Scene.occupant("#harbour"))), network: "net")
        scene.forget()
        scene.event(.message(notice), network: "net")
        #expect(senders() == ["#harbour%net@gw.test", "#harbour%net@gw.test"])
    }
}
