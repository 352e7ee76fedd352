import GatewayKit
import Testing
import XML
import XMPP

@testable import GatewayCore

/// A network that reports impossible events. Nothing breaks, no state is kept, and the stanzas for users stay
/// consistent.
@Suite("A network that makes no sense")
struct HostileNetworkTests {
    private static let quay = RoomAddress(network: LiveRules.network, name: "#quay")

    private func room(_ scene: Scene) throws -> Room {
        try #require(scene.rooms()[Scene.room])
    }

    /// Every kind of event about a room or a request, most of them for a room and a request that do not exist.
    private static let strays: [Event] = [
        .room(quay, .left(.left(reason: nil))), .room(quay, .left(.kicked(by: nil, reason: nil))),
        .room(quay, .left(.disconnected(reason: "x"))), .room(quay, .occupantJoined(Scene.occupant("x"))),
        .room(quay, .occupantLeft(nick: "x", .quit(reason: nil))),
        .room(quay, .occupantRenamed(from: "x", to: Scene.occupant("y"))),
        .room(quay, .occupantChanged(Scene.occupant("x"))), .room(quay, .topicChanged(Topic(text: "x"))),
        .message(InboundMessage(from: .room(quay, nick: "x"), text: "x")),
        .outcome(RequestID("none"), .accepted(as: nil)),
        .outcome(RequestID("none"), .delivered), .outcome(RequestID("none"), .failed(Failure(.notFound, "x"))),
        .room(Scene.room, .left(.disconnected(reason: "x"))), .room(Scene.room, .left(.left(reason: nil))),
    ]

    @Test("events for unknown rooms and requests cause no stanza", arguments: strays.indices)
    func unknownPlaces(index: Int) throws {
        let scene = try Scene.inRoom()
        let isOfRoom = if case .room(Scene.room, .left(.left)) = Self.strays[index] { true } else { false }
        for _ in 0..<100 { scene.event(Self.strays[index], network: "net") }
        #expect(scene.sent.count == (isOfRoom ? 1 : 0), "a second `left` of a room causes no stanza")
        #expect(scene.rooms()[Self.quay] == nil)
    }

    @Test("events for an unknown user cause no stanza, and their receipts are answered", arguments: strays.indices)
    func nobody(index: Int) throws {
        let scene = try Scene.live()
        scene.event(Self.strays[index], network: "net", token: 7)
        #expect(scene.sent.isEmpty && scene.kept.isEmpty && scene.storageAnswers.count == 1)
    }

    @Test("a hundred thousand events for unknown rooms leave no state, and forced entries only up to the limit")
    func flood() throws {
        let scene = try Scene.inRoom()
        for number in 0..<20_000 {
            let address = RoomAddress(network: LiveRules.network, name: "#r\(number)")
            scene.event(.room(address, .occupantJoined(Scene.occupant("x"))), network: "net")
            scene.event(.room(address, .topicChanged(Topic(text: "x"))), network: "net")
            scene.event(.message(InboundMessage(from: .room(address, nick: nil), text: "x")), network: "net")
            scene.event(.room(address, .left(.left(reason: nil))), network: "net")
        }
        #expect(scene.rooms().count == 1 && scene.sent.isEmpty)
        for number in 0..<20_000 {
            let address = RoomAddress(network: LiveRules.network, name: "#r\(number)")
            scene.event(.room(address, .joined(JoinedRoom(nick: "anna", occupants: [], topic: nil))), network: "net")
        }
        #expect(scene.rooms().count == 200)
        #expect(scene.messages.count == 20, "the invitations that a network can cause are limited")
        scene.endNetworks()
        scene.prove()
        #expect(scene.kept.isEmpty)
    }

    @Test("a forced entry on a network without an open session has no effect")
    func closedNetwork() throws {
        let scene = try Scene.inRoom()
        let address = RoomAddress(network: NetworkID("other"), name: "#quay")
        scene.event(.room(address, .joined(JoinedRoom(nick: "anna", occupants: [], topic: nil))), network: "other")
        #expect(scene.sent.isEmpty && scene.rooms().count == 1)
    }

    @Test("a second `joined` shows the difference, and the room has its new state")
    func joinedTwice() throws {
        let scene = try Scene.inRoom()
        scene.event(.room(Scene.room, .joined(JoinedRoom(nick: "anna", occupants: [], topic: nil))), network: "net")
        #expect(scene.presences.map { $0.head.from?.resource } == ["Bob"])
        #expect(scene.presences.map(\.type) == [.unavailable])
        #expect(try room(scene).occupants.isEmpty)
    }

    @Test(
        "a departure or rename of an unknown nick is ignored, and a change of an unknown nick is shown",
        arguments: [
            (Event.room(Scene.room, .occupantLeft(nick: "x", .quit(reason: nil))), 0),
            (.room(Scene.room, .occupantRenamed(from: "x", to: Scene.occupant("y"))), 0),
            (.room(Scene.room, .occupantChanged(Scene.occupant("x"))), 1),
        ])
    func unknownNicks(event: Event, told: Int) throws {
        let scene = try Scene.inRoom()
        scene.event(event, network: "net")
        #expect(scene.sent.count == told)
    }

    @Test("a rename to the nick of another occupant replaces that occupant")
    func renameOntoOther() throws {
        let scene = try Scene.inRoom()
        scene.event(.room(Scene.room, .occupantJoined(Scene.occupant("Eve"))), network: "net")
        scene.event(.room(Scene.room, .occupantRenamed(from: "Eve", to: Scene.occupant("Bob"))), network: "net")
        #expect(Set(try room(scene).occupants.keys) == ["anna", "Bob"])
        scene.event(.room(Scene.room, .occupantLeft(nick: "Bob", .quit(reason: nil))), network: "net")
        #expect(scene.presences.last?.type == .unavailable)
        #expect(Set(try room(scene).occupants.keys) == ["anna"])
    }

    @Test("a rename to the user's own nick removes the renamed occupant, and the user stays")
    func renameOntoSelf() throws {
        let scene = try Scene.inRoom()
        scene.event(.room(Scene.room, .occupantRenamed(from: "Bob", to: Scene.occupant("anna"))), network: "net")
        #expect(scene.presences.map(\.type) == [.unavailable])
        #expect(scene.presences.first?.head.from?.resource == "Bob")
        #expect(Set(try room(scene).occupants.keys) == ["anna"])
    }

    @Test("a rename to the same nick is not shown as a rename")
    func renameToSame() throws {
        let scene = try Scene.inRoom()
        scene.event(
            .room(Scene.room, .occupantRenamed(from: "anna", to: Scene.occupant("anna", .voiced))), network: "net")
        #expect(scene.presences.map(\.type) == [.available])
        #expect(try MUCUser(try #require(scene.presences.first?.payload.first)).statuses == [110])
    }

    @Test("an occupant who enters with the user's own nick is the user")
    func joinAsSelf() throws {
        let scene = try Scene.inRoom()
        scene.event(.room(Scene.room, .occupantJoined(Scene.occupant("anna", .operator))), network: "net")
        #expect(try MUCUser(try #require(scene.presences.first?.payload.first)).statuses == [110])
    }

    @Test("the departure of the user's own nick is the user's departure")
    func selfLeft() throws {
        let scene = try Scene.inRoom()
        scene.event(.room(Scene.room, .occupantLeft(nick: "anna", .kicked(by: "Bob", reason: "out"))), network: "net")
        #expect(try MUCUser(try #require(scene.presences.first?.payload.first)).statuses == [110, 307])
        #expect(scene.rooms().isEmpty)
    }

    private static let unspeakable = ["", " \u{0}", "a\u{1}", "\u{2028}", String(repeating: "\u{7FF}", count: 600)]

    @Test("nicks that no JID can contain are shown escaped, and never as the room", arguments: unspeakable.indices)
    func names(index: Int) throws {
        let nick = Self.unspeakable[index]
        let shown = ForeignName.resource(for: nick)
        let scene = try Scene.live()
        try scene.join()
        let everyone = [Scene.occupant("anna"), Scene.occupant(nick), Scene.occupant("Bob")]
        scene.event(
            .room(Scene.room, .joined(JoinedRoom(nick: "anna", occupants: everyone, topic: nil))), network: "net")
        #expect(Set(scene.presences.map { $0.head.from?.resource }) == ["anna", "Bob", shown])
        scene.forget()
        scene.event(.message(InboundMessage(from: .room(Scene.room, nick: nick), text: "hi")), network: "net")
        #expect(scene.messages.map { $0.head.from?.resource } == [shown])
        scene.forget()
        scene.event(.room(Scene.room, .occupantLeft(nick: nick, .quit(reason: nil))), network: "net")
        scene.event(.room(Scene.room, .occupantRenamed(from: "Bob", to: Scene.occupant(nick))), network: "net")
        #expect(scene.presences.map(\.type) == [.unavailable, .unavailable, .available])
        scene.event(.room(Scene.room, .occupantRenamed(from: nick, to: Scene.occupant("Bob"))), network: "net")
        #expect(scene.presences.suffix(2).map { $0.head.from?.resource } == [shown, "Bob"])
        scene.event(.room(Scene.room, .topicChanged(Topic(text: "x", author: nick))), network: "net")
        #expect(scene.messages.last?.subject == "x" && scene.messages.last?.head.from?.resource == shown)
    }

    @Test("if the network gives the user such a nick, the client sees it escaped", arguments: unspeakable.indices)
    func ownName(index: Int) throws {
        let nick = Self.unspeakable[index]
        let shown = ForeignName.resource(for: nick)
        let scene = try Scene.live()
        try scene.join()
        scene.event(.room(Scene.room, .joined(JoinedRoom(nick: nick, occupants: [], topic: nil))), network: "net")
        #expect(scene.presences.map { $0.head.from?.resource } == [shown])
        #expect(try MUCUser(try #require(scene.presences.first?.payload.first)).statuses == [110, 210])
        try scene.receive(
            from: "anna@home.test/a", "<message type='groupchat' id='m'><body>x</body></message>",
            to: "#harbour%net@gw.test")
        let said = try #require(scene.takeAsked().last?.request.id)
        scene.event(.outcome(said, .accepted(as: nil)), network: "net")
        #expect(scene.messages.last?.head.from?.resource == shown && scene.messages.last?.head.id == "m")
        scene.event(.room(Scene.room, .left(.left(reason: "bye"))), network: "net")
        #expect(scene.presences.last?.type == .unavailable && scene.presences.last?.head.from?.resource == shown)
    }

    @Test("a request with several outcomes is answered once, with the first")
    func outcomes() throws {
        let scene = try Scene.inRoom()
        for id in ["m1", "m2"] {
            try scene.receive(
                from: "anna@home.test/a", "<message type='groupchat' id='\(id)'><body>x</body></message>",
                to: "#harbour%net@gw.test")
        }
        let asked = scene.takeRequests().map(\.id)
        for event in [
            Event.outcome(asked[0], .accepted(as: nil)), .outcome(asked[0], .failed(Failure(.notFound, "x"))),
            .outcome(asked[0], .accepted(as: nil)),
            .outcome(asked[1], .failed(Failure(.notFound, "x"))), .outcome(asked[1], .accepted(as: nil)),
            .outcome(asked[1], .delivered),
        ] {
            scene.event(event, network: "net")
        }
        #expect(scene.messages.map(\.type) == [.groupchat, .error])
    }

    @Test(
        "a time outside of the calendar is written as the nearest possible time",
        arguments: [
            Double.infinity, -.infinity, .nan, 1e300, -1e300,
        ])
    func times(seconds: Double) throws {
        let scene = try Scene.inRoom()
        let then = Timestamp(secondsSince1970: seconds)
        scene.event(
            .message(InboundMessage(from: .room(Scene.room, nick: "Bob"), text: "x", sentAt: then)), network: "net")
        scene.event(.room(Scene.room, .topicChanged(Topic(text: "x", setAt: then))), network: "net")
        #expect(scene.messages.count == 2)
    }
}
