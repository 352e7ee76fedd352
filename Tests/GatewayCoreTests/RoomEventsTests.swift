import GatewayKit
import Testing
import XMPP

@testable import GatewayCore

@Suite("Events in rooms")
struct RoomEventsTests {
    private func user(_ presence: Presence?) throws -> MUCUser {
        try MUCUser(try #require(presence?.payload.first))
    }

    @Test("an occupant enters and leaves")
    func comeAndGo() throws {
        let scene = try Scene.inRoom()
        scene.event(.room(Scene.room, .occupantJoined(Scene.occupant("Carl", .voiced))), network: "net")
        scene.event(.room(Scene.room, .occupantLeft(nick: "Carl", .quit(reason: "tide"))), network: "net")
        #expect(scene.presences.map(\.type) == [.available, .unavailable])
        #expect(try user(scene.presences.first).items == [MUC.Item(affiliation: .member, role: .participant)])
        #expect(scene.presences.last?.status == "tide")
    }

    @Test("a kick names the kicker and the reason, with 307")
    func kick() throws {
        let scene = try Scene.inRoom()
        scene.event(.room(Scene.room, .occupantLeft(nick: "Bob", .kicked(by: "carl", reason: "out"))), network: "net")
        let kicked = try user(scene.presences.first)
        #expect(kicked.statuses == [307])
        #expect(
            kicked.items == [
                MUC.Item(
                    affiliation: MUC.Affiliation.none, role: MUC.Role.none, actor: MUC.Actor(nick: "carl"),
                    reason: "out")
            ])
    }

    @Test("a ban by another operator is shown with 301 and as outcast, also to the banned user")
    func banned() throws {
        let scene = try Scene.inRoom()
        let departure = Departure.banned(by: "carl", reason: "out")
        scene.event(.room(Scene.room, .occupantLeft(nick: "Bob", departure)), network: "net")
        scene.event(.room(Scene.room, .left(departure)), network: "net")
        let users = try scene.presences.map { try user($0) }
        #expect(users.map(\.statuses) == [[301], [110, 301]])
        let item = MUC.Item(affiliation: .outcast, role: MUC.Role.none, actor: MUC.Actor(nick: "carl"), reason: "out")
        #expect(users.map(\.items) == [[item], [item]])
    }

    @Test("a user who is kicked is told with 110 and 307 and is outside")
    func kickedSelf() throws {
        let scene = try Scene.inRoom()
        scene.event(.room(Scene.room, .left(.kicked(by: "Bob", reason: nil))), network: "net")
        #expect(try user(scene.presences.first).statuses == [110, 307])
        try scene.receive(
            from: "anna@home.test/a",
            "<message type='groupchat' id='m' to='#harbour%net@gw.test'><body>x</body></message>")
        #expect(scene.messages.first?.stanzaError?.condition == .notAcceptable)
    }

    @Test("a join while the network is away is refused when the adapter gives up")
    func joinWhileLost() throws {
        let scene = try Scene.inRoom()
        scene.event(.room(Scene.room, .left(.disconnected(reason: "connection lost"))), network: "net")
        scene.forget()
        try scene.join()
        #expect(scene.presences.isEmpty)
        scene.event(.state(.offline(Failure(.remoteDown, "gone for good"), retrying: false)), network: "net")
        #expect(scene.presences.first?.stanzaError?.condition == .remoteServerTimeout)
        #expect(scene.closed.count == 1)
    }

    @Test("if the network refuses a room, a resource that joins again gets an error, and a waiting one is told the end")
    func notLetIn() throws {
        let scene = try Scene.inRoom()
        try scene.join("anna@home.test/b")
        scene.event(.room(Scene.room, .left(.disconnected(reason: "connection lost"))), network: "net")
        scene.forget()
        try scene.join("anna@home.test/b")
        scene.event(.room(Scene.room, .left(.left(reason: "banned meanwhile"))), network: "net")
        #expect(scene.presences.map { $0.head.to?.resource } == ["a", "b"])
        #expect(scene.presences.map(\.type) == [.unavailable, .error])
        #expect(scene.presences.last?.stanzaError == StanzaError(.forbidden, "banned meanwhile"))
        scene.forget()
        try scene.join()
        #expect(scene.requests.count == 1, "the room is forgotten, so a join asks the network")
    }

    @Test("a changed rank is shown")
    func rank() throws {
        let scene = try Scene.inRoom()
        scene.event(.room(Scene.room, .occupantChanged(Scene.occupant("anna", .operator))), network: "net")
        let own = try user(scene.presences.first)
        #expect(own.statuses == [110] && own.items.first?.role == .moderator && own.items.first?.affiliation == .admin)
    }

    @Test("a topic comes from its author")
    func topic() throws {
        let scene = try Scene.inRoom()
        scene.event(.room(Scene.room, .topicChanged(Topic(text: "rain", author: "Bob"))), network: "net")
        #expect(scene.messages.first?.subject == "rain")
        #expect(scene.messages.first?.head.from?.description == "#harbour%net@gw.test/Bob")
    }

    @Test("a member that waits for a lost room is told why the network does not let it in again")
    func givenUp() throws {
        let scene = try Scene.inRoom()
        scene.event(.room(Scene.room, .left(.disconnected(reason: "gone"))), network: "net")
        scene.forget()
        scene.event(.room(Scene.room, .left(.left(reason: "You are banned."))), network: "net")
        #expect(scene.presences.map(\.type) == [.unavailable])
        #expect(scene.presences.map(\.status) == ["You are banned."])
        #expect(try user(scene.presences.first).statuses == [110, 333])
    }

    @Test("events of a room the user is not in change nothing")
    func foreignRoom() throws {
        let scene = try Scene.inRoom()
        let other = RoomAddress(network: LiveRules.network, name: "#quay")
        scene.event(.room(other, .occupantJoined(Scene.occupant("Carl"))), network: "net")
        scene.event(.room(other, .occupantLeft(nick: "Carl", .left(reason: nil))), network: "net")
        scene.event(.room(Scene.room, .occupantLeft(nick: "nobody", .left(reason: nil))), network: "net")
        scene.event(.room(Scene.room, .occupantRenamed(from: "nobody", to: Scene.occupant("x"))), network: "net")
        #expect(scene.sent.isEmpty)
    }
}
