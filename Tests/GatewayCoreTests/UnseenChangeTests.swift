import GatewayKit
import Testing
import XML
import XMPP

@testable import GatewayCore

@Suite("Changes of a room while the home server is away")
struct UnseenChangeTests {
    private func happen(_ event: RoomEvent, in scene: Scene) { scene.event(.room(Scene.room, event), network: "net") }

    /// Anna and the guests are in the room, and the stream has broken.
    private func sceneAway(guests: Int = 3, limits: (inout CoreSettings.Limits) -> Void = { _ in }) throws -> Scene {
        let scene = try Scene.live(limits)
        try scene.join()
        let everyone = (0..<guests).map { Scene.occupant("guest\($0)") } + [Scene.occupant("anna")]
        happen(.joined(JoinedRoom(nick: "anna", occupants: everyone, topic: nil)), in: scene)
        scene.event(.outcome(try scene.takeRequest().id, .accepted(as: nil)), network: "net")
        scene.prove()
        scene.post(.linkClosed)
        return scene
    }

    /// Opens the stream, and then answers all pings. Returns the presences before and after the answers.
    private func comeBack(_ scene: Scene) -> (before: [Presence], after: [Presence]) {
        scene.forget()
        let asked = scene.queries.count
        scene.post(.linkOpened)
        let before = scene.presences
        scene.forget()
        for (ping, tag) in scene.queries[asked...] { scene.post(.answered(tag, ping.result())) }
        return (before, scene.presences)
    }

    private func words(_ presence: Presence) throws -> String {
        let user = try MUCUser(try #require(presence.payload.first { $0.namespace == MUCUser.namespace }))
        let type = presence.type == .available ? "+" : "-"
        let codes = user.statuses.map { " \($0)" }.joined()
        return "\(type)\(presence.head.from?.resource ?? "")\(codes)"
    }

    @Test("a member that answers its ping is shown the difference, and nothing else")
    func difference() throws {
        let scene = try sceneAway()
        happen(.occupantJoined(Scene.occupant("new")), in: scene)
        happen(.occupantLeft(nick: "guest0", .quit(reason: nil)), in: scene)
        happen(.occupantChanged(Scene.occupant("guest1", .operator)), in: scene)
        happen(.occupantJoined(Scene.occupant("brief")), in: scene)
        happen(.occupantLeft(nick: "brief", .quit(reason: nil)), in: scene)
        happen(.topicChanged(Topic(text: "news", author: "guest1")), in: scene)
        let told = comeBack(scene)
        #expect(told.before.isEmpty, "the member has not answered yet")
        #expect(try Set(told.after.map(words)) == ["+new", "-guest0", "+guest1"] && told.after.count == 3)
        #expect(scene.messages.map(\.subject) == ["news"])
        scene.forget()
        happen(.occupantLeft(nick: "new", .quit(reason: nil)), in: scene)
        #expect(try scene.presences.map(words) == ["-new"], "later changes are shown as they happen")
        scene.prove()
        scene.post(.linkClosed)
        #expect(comeBack(scene).after.isEmpty, "a change is shown only once")
    }

    @Test("a change before a member has answered is shown to it once, after the answer")
    func changeInDoubt() throws {
        let scene = try sceneAway()
        happen(.occupantJoined(Scene.occupant("first")), in: scene)
        scene.forget()
        scene.post(.linkOpened)
        happen(.occupantJoined(Scene.occupant("second")), in: scene)
        happen(.occupantLeft(nick: "first", .quit(reason: nil)), in: scene)
        #expect(scene.presences.isEmpty)
        let (ping, tag) = try #require(scene.queries.last)
        scene.post(.answered(tag, ping.result()))
        #expect(try scene.presences.map(words) == ["+second"])
    }

    @Test("several changes of the user's nick are shown as one, and another occupant may have the old nick")
    func ownNick() throws {
        let scene = try sceneAway()
        happen(.occupantRenamed(from: "anna", to: Scene.occupant("ann")), in: scene)
        happen(.occupantRenamed(from: "ann", to: Scene.occupant("annie")), in: scene)
        happen(.occupantJoined(Scene.occupant("anna", .operator)), in: scene)
        let told = comeBack(scene).after
        #expect(try told.map(words) == ["-anna 303 110", "+annie 110", "+anna"])
        let change = try MUCUser(try #require(told.first?.payload.first))
        #expect(change.items.first?.nick == "annie")
    }

    @Test("after too many changes the member is out with 110 and 333, and few changes are remembered")
    func tooMuch() throws {
        let guests = 3 * UnseenChanges.most
        let scene = try sceneAway(guests: guests)
        for number in 0..<(2 * UnseenChanges.most) {
            happen(.occupantLeft(nick: "guest\(number)", .quit(reason: nil)), in: scene)
            #expect(scene.rooms()[Scene.room]?.unseen?.before.count ?? 0 <= UnseenChanges.most)
        }
        let told = comeBack(scene)
        #expect(told.before.isEmpty)
        #expect(try told.after.map(words) == ["-anna 110 333"])
        scene.forget()
        try scene.join()
        #expect(scene.presences.count == 1 + guests - 2 * UnseenChanges.most && scene.requests.isEmpty)
    }

    @Test("a long difference is shown in slices")
    func slices() throws {
        let scene = try sceneAway { $0.slice = 10 }
        for number in 0..<50 { happen(.occupantJoined(Scene.occupant("new\(number)")), in: scene) }
        scene.doesSlicesAtOnce = false
        scene.forget()
        scene.post(.linkOpened)
        while let slice = scene.timers.firstIndex(where: { $0.tag.timer == JobRunner.sliceTimer }) {
            scene.fireTimer(at: slice)
        }
        let (ping, tag) = try #require(scene.queries.last)
        scene.post(.answered(tag, ping.result()))
        #expect(scene.presences.count <= 10)
        while let slice = scene.timers.firstIndex(where: { $0.tag.timer == JobRunner.sliceTimer }) {
            scene.fireTimer(at: slice)
        }
        #expect(Set(try scene.presences.map(words)).count == 50 && scene.presences.count == 50)
    }

    @Test("changes that the next break may have lost are shown again")
    func secondBreak() throws {
        let scene = try sceneAway()
        happen(.occupantJoined(Scene.occupant("new")), in: scene)
        #expect(try comeBack(scene).after.map(words) == ["+new"])
        scene.post(.linkClosed)
        happen(.occupantLeft(nick: "new", .quit(reason: nil)), in: scene)
        #expect(try comeBack(scene).after.map(words) == ["-new"])
        scene.prove()
        #expect(scene.rooms()[Scene.room]?.unseen == nil)
    }

    @Test("each member is shown the difference, and a member that is gone does not delay the others")
    func severalMembers() throws {
        let scene = try Scene.inRoom()
        try scene.join("anna@home.test/b")
        try scene.join("anna@home.test/c")
        scene.prove()
        scene.post(.linkClosed)
        happen(.occupantLeft(nick: "Bob", .quit(reason: nil)), in: scene)
        scene.forget()
        scene.post(.linkOpened)
        for (ping, tag) in scene.queries {
            scene.post(.answered(tag, ping.head.to?.resource == "b" ? nil : ping.result()))
        }
        #expect(Set(scene.presences.compactMap { $0.head.to?.resource }) == ["a", "c"] && scene.presences.count == 2)
        #expect(scene.rooms()[Scene.room]?.unseen == nil)
    }

    @Test("a member that was kicked meanwhile is told so, unless it enters again first", arguments: [true, false])
    func kicked(comesBackFirst: Bool) throws {
        let scene = try sceneAway { $0.slice = 1 }
        happen(.occupantRenamed(from: "anna", to: Scene.occupant("ann")), in: scene)
        happen(.left(.kicked(by: "guest0", reason: "no")), in: scene)
        scene.forget()
        scene.doesSlicesAtOnce = false
        scene.post(.linkOpened)
        // A client that enters again is not told about the end of its last stay.
        if comesBackFirst { try scene.join(nick: "ann") }
        scene.doesSlicesAtOnce = true
        scene.advance(by: .zero)
        #expect(try scene.presences.map(words) == (comesBackFirst ? [] : ["-anna 110 307"]))
    }

    @Test("a member of a room that was lost and entered again meanwhile is shown the difference")
    func lostAndEntered() throws {
        let scene = try sceneAway()
        happen(.left(.disconnected(reason: "gone")), in: scene)
        scene.joined()
        let told = comeBack(scene)
        #expect(told.before.isEmpty)
        #expect(try Set(told.after.map(words)) == ["+Bob", "-guest0", "-guest1", "-guest2"] && told.after.count == 4)
        #expect(scene.messages.isEmpty, "the break was never told")
    }

    @Test("a client that entered between two breaks is shown the end of a change that its welcome has shown")
    func enteredBetweenBreaks() throws {
        let scene = try sceneAway()
        happen(.occupantJoined(Scene.occupant("new")), in: scene)
        scene.post(.linkOpened)
        try scene.join("anna@home.test/b")
        scene.prove()
        scene.post(.linkClosed)
        happen(.occupantLeft(nick: "new", .quit(reason: nil)), in: scene)
        let told = comeBack(scene).after.filter { $0.head.to?.resource == "b" }
        #expect(try told.map(words) == ["-new"])
    }

    @Test("changes of a room that was entered again meanwhile are forgotten when the member has been shown them")
    func forgotten() throws {
        let scene = try sceneAway()
        happen(.left(.disconnected(reason: "gone")), in: scene)
        scene.joined()
        happen(.occupantJoined(Scene.occupant("new")), in: scene)
        #expect(try comeBack(scene).after.map(words).contains("+new"))
        #expect(scene.rooms()[Scene.room]?.unseen == nil)
        scene.prove()
        scene.post(.linkClosed)
        happen(.occupantLeft(nick: "new", .quit(reason: nil)), in: scene)
        #expect(try comeBack(scene).after.map(words) == ["-new"])
    }

    @Test("a client that was being welcomed when the room was lost is welcomed anew", arguments: [true, false])
    func lostInWelcome(comesBack: Bool) throws {
        let scene = try Scene.live { $0.slice = 2 }
        scene.doesSlicesAtOnce = false
        try scene.join()
        let everyone = (0..<20).map { Scene.occupant("guest\($0)") } + [Scene.occupant("anna")]
        happen(.joined(JoinedRoom(nick: "anna", occupants: everyone, topic: nil)), in: scene)
        scene.post(.linkClosed)
        happen(.left(.disconnected(reason: "gone")), in: scene)
        if comesBack { scene.joined() }
        scene.doesSlicesAtOnce = true
        let told = try comeBack(scene).before.map(words)
        #expect(told.last == "+anna 110")
        if comesBack { #expect(told == ["-anna 110 333", "+Bob", "+anna 110"]) } else { #expect(told.count == 21) }
    }

    @Test("a member of a room that was lost meanwhile is told so in words, and is out if the network stays away")
    func lost() throws {
        let scene = try sceneAway()
        happen(.left(.disconnected(reason: "gone")), in: scene)
        scene.forget()
        scene.post(.linkOpened)
        #expect(scene.presences.isEmpty && scene.messages.count == 1)
        scene.advance(by: .seconds(60))
        #expect(try scene.presences.map(words) == ["-anna 110 333"])
    }

    @Test("a client that was entering when the stream broke is told that the entry has failed")
    func refusedEntry() throws {
        let scene = try Scene.live()
        try scene.join()
        let request = try scene.takeRequest()
        scene.post(.linkClosed)
        scene.event(.outcome(request.id, .failed(Failure(.forbidden, "banned"))), network: "net")
        #expect(comeBack(scene).before.map(\.type) == [.error])
        scene.prove()
        scene.post(.linkClosed)
        #expect(comeBack(scene).before.isEmpty, "it is told only once")
    }
}
