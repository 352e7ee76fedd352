import GatewayKit
import Testing
import XML
import XMPP

@testable import GatewayCore

@Suite("Entering large rooms")
struct LongWelcomeTests {
    private static let crowd = 1_000

    private func sceneAtDoor() throws -> Scene {
        let scene = try Scene.live()
        scene.doesSlicesAtOnce = false
        try scene.join()
        let everyone = (0..<Self.crowd).map { Scene.occupant("guest\($0)") } + [Scene.occupant("anna")]
        scene.event(
            .room(Scene.room, .joined(JoinedRoom(nick: "anna", occupants: everyone, topic: nil))), network: "net")
        return scene
    }

    private func nicks(_ presences: [Presence]) -> [String] { presences.compactMap(\.head.from?.resource) }

    @Test("a large room is shown in slices, each in its own turn, in the same order as a small room")
    func slices() throws {
        let scene = try sceneAtDoor()
        #expect(
            scene.sent.count <= CoreSettings.Limits().slice, "the turn of the `joined` event shows one slice at most")
        var turns = 0
        while let slice = scene.timers.firstIndex(where: { $0.tag.timer == JobRunner.sliceTimer }) {
            let before = scene.sent.count
            scene.fireTimer(at: slice)
            #expect(scene.sent.count - before <= CoreSettings.Limits().slice + 2)
            turns += 1
        }
        #expect(turns >= Self.crowd / CoreSettings.Limits().slice - 1)
        #expect(Set(nicks(scene.presences)).count == Self.crowd + 1 && scene.presences.count == Self.crowd + 1)
        #expect(try MUCUser(try #require(scene.presences.last?.payload.first)).statuses == [110])
        #expect(scene.messages.map(\.subject) == [""], "the subject ends the entry")
    }

    @Test("events during the welcome are shown afterwards, in order")
    func backlog() throws {
        let scene = try sceneAtDoor()
        scene.event(.room(Scene.room, .occupantLeft(nick: "guest7", .left(reason: nil))), network: "net")
        scene.event(.room(Scene.room, .occupantJoined(Scene.occupant("late"))), network: "net")
        scene.event(.message(InboundMessage(from: .room(Scene.room, nick: "late"), text: "hello")), network: "net")
        #expect(scene.messages.isEmpty && scene.presences.allSatisfy { $0.type == .available })
        scene.advance(by: .zero)
        let after = try #require(scene.sent.firstIndex { $0.head.from?.resource == nil })
        let told = scene.sent[(after + 1)...].map { ($0.head.from?.resource, $0.element[attribute: "type"]) }
        #expect(told.map(\.0) == ["guest7", "late", "late"])
        #expect(told.map(\.1) == ["unavailable", nil, "groupchat"])
    }

    @Test("two resources are welcomed one after the other, and a resource that leaves meanwhile is not")
    func several() throws {
        let scene = try sceneAtDoor()
        try scene.join("anna@home.test/b")
        try scene.join("anna@home.test/c")
        try scene.receive(from: "anna@home.test/b", "<presence to='#harbour%net@gw.test/anna' type='unavailable'/>")
        scene.advance(by: .zero)
        let seen = Dictionary(grouping: scene.presences) { $0.head.to?.resource ?? "" }.mapValues(\.count)
        #expect(seen == ["a": Self.crowd + 1, "b": 1, "c": Self.crowd + 1], "b gets only its own departure")
    }

    @Test("if the stream breaks during the welcome, the whole room is shown again")
    func brokenStream() throws {
        let scene = try sceneAtDoor()
        scene.fireTimer(at: try #require(scene.timers.firstIndex { $0.tag.timer != Ledger.pruneTimer }))
        scene.post(.linkClosed)
        scene.advance(by: .zero)
        scene.forget()
        scene.post(.linkOpened)
        scene.advance(by: .zero)
        #expect(Set(nicks(scene.presences)).count == Self.crowd + 1)
    }

    @Test(
        "if the stream breaks during the welcome and the room ends, the client is told once that its entry has failed")
    func endsMeanwhile() throws {
        let scene = try sceneAtDoor()
        scene.post(.linkClosed)
        scene.event(.room(Scene.room, .left(.disconnected(reason: "connection lost"))), network: "net")
        scene.event(.room(Scene.room, .left(.left(reason: "You are banned."))), network: "net")
        scene.forget()
        scene.post(.linkOpened)
        scene.advance(by: .zero)
        #expect(scene.presences.map(\.type) == [.error])
        #expect(scene.presences.first?.stanzaError == StanzaError(.forbidden, "You are banned."))
    }

    @Test("while the stream is closed, events change the room at once, and later the new state is shown")
    func eventsMeanwhile() throws {
        let scene = try sceneAtDoor()
        scene.event(.room(Scene.room, .occupantLeft(nick: "guest7", .left(reason: nil))), network: "net")
        scene.post(.linkClosed)
        for number in 0..<5_000 {
            scene.event(.room(Scene.room, .occupantJoined(Scene.occupant("late\(number)"))), network: "net")
            scene.event(.room(Scene.room, .occupantLeft(nick: "late\(number)", .quit(reason: nil))), network: "net")
        }
        scene.event(.room(Scene.room, .occupantJoined(Scene.occupant("stays"))), network: "net")
        #expect(scene.rooms()[Scene.room]?.backlog.isEmpty == true)
        scene.forget()
        scene.doesSlicesAtOnce = true
        scene.post(.linkOpened)
        scene.advance(by: .zero)
        let shown = Set(nicks(scene.presences))
        #expect(shown.contains("stays") && !shown.contains("guest7") && shown.count == Self.crowd + 1)
    }

    @Test("a room that is left during the welcome is forgotten together with its waiting events")
    func leftMeanwhile() throws {
        let scene = try sceneAtDoor()
        try scene.receive(from: "anna@home.test/a", "<presence to='#harbour%net@gw.test/anna' type='unavailable'/>")
        scene.event(.room(Scene.room, .occupantJoined(Scene.occupant("late"))), network: "net")
        scene.forget()
        scene.advance(by: .zero)
        #expect(scene.sent.isEmpty)
    }

    @Test("messages from people are not delayed by the welcome of the same user")
    func others() throws {
        let scene = try sceneAtDoor()
        let peer = PeerAddress(network: LiveRules.network, name: "carol")
        scene.event(.message(InboundMessage(from: .peer(peer), text: "psst")), network: "net")
        #expect(scene.messages.map(\.body) == ["psst"])
    }

    /// Enters a room with three slices of people, without the turns after that of the event.
    private func sceneInHugeRoom() throws -> Scene {
        let scene = try Scene.live()
        scene.doesSlicesAtOnce = false
        try scene.join()
        let everyone = (1..<3 * Refresh.slice).map { Scene.occupant("guest\($0)") } + [Scene.occupant("anna")]
        scene.event(
            .room(Scene.room, .joined(JoinedRoom(nick: "anna", occupants: everyone, topic: nil))), network: "net")
        return scene
    }

    @Test("a huge room takes over its occupants in slices, before it shows them")
    func takesOver() throws {
        let scene = try sceneInHugeRoom()
        let room = try #require(scene.rooms()[Scene.room])
        var known = room.occupants.count
        #expect(known <= Refresh.slice + 1 && scene.presences.isEmpty)
        scene.event(.room(Scene.room, .occupantLeft(nick: "guest2999", .quit(reason: nil))), network: "net")
        while let slice = scene.timers.firstIndex(where: { $0.tag.timer == JobRunner.sliceTimer }) {
            scene.fireTimer(at: slice)
            #expect(room.occupants.count - known <= Refresh.slice)
            known = room.occupants.count
        }
        #expect(Set(nicks(scene.presences)).count == 3 * Refresh.slice)
        let last = try #require(scene.presences.last)
        #expect(last.head.from?.resource == "guest2999" && last.type == .unavailable, "it came meanwhile")
    }

    @Test("if the stream breaks, a huge room takes over the other occupants at once")
    func takesOverBeforeBreak() throws {
        let scene = try sceneInHugeRoom()
        scene.post(.linkClosed)
        #expect(scene.rooms()[Scene.room]?.occupants.count == 3 * Refresh.slice)
        scene.event(.room(Scene.room, .occupantLeft(nick: "guest7", .quit(reason: nil))), network: "net")
        scene.doesSlicesAtOnce = true
        scene.post(.linkOpened)
        for (ping, tag) in scene.queries { scene.post(.answered(tag, ping.result())) }
        scene.advance(by: .zero)
        #expect(Set(nicks(scene.presences)).count == 3 * Refresh.slice - 1)
    }
}
