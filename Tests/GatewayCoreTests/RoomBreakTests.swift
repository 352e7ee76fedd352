import GatewayKit
import Testing
import XML
import XMPP

@testable import GatewayCore

@Suite("A break of the link to a room's network")
struct RoomBreakTests {
    private func happen(_ event: RoomEvent, in scene: Scene) { scene.event(.room(Scene.room, event), network: "net") }

    /// The link breaks, and the adapter tries to come back.
    private func breakLink(_ scene: Scene) {
        happen(.left(.disconnected(reason: "It broke.")), in: scene)
        scene.event(.state(.offline(Failure(.remoteDown, "It broke."), retrying: true)), network: "net")
    }

    private func comeBack(_ scene: Scene, nick: String = "anna", with others: [Occupant], topic: Topic? = nil) {
        scene.event(.state(.online(nick: nick)), network: "net")
        let everyone = [Scene.occupant(nick)] + others
        happen(.joined(JoinedRoom(nick: nick, occupants: everyone, topic: topic)), in: scene)
    }

    /// `+Bob 110` for available, `-Bob` for unavailable presence, with the status codes; the texts of messages.
    private func words(_ scene: Scene) throws -> [String] {
        try scene.sent.compactMap { stanza in
            switch stanza {
            case .message(let message): return message.body ?? message.subject.map { "subject \($0)" }
            case .iq: return nil
            case .presence(let presence):
                if presence.type == .error { return "error \(presence.head.id ?? "")" }
                let user = try MUCUser(try #require(presence.payload.first { $0.namespace == MUCUser.namespace }))
                let codes = user.statuses.map { " \($0)" }.joined()
                return "\(presence.type == .available ? "+" : "-")\(presence.head.from?.resource ?? "")\(codes)"
            }
        }
    }

    private static let away =
        "It broke. The gateway is trying to connect again. Until then your messages to this room are refused."
    private static let back = "The connection to the network is back."

    @Test("the members are told in words, stay inside, and see only what has changed when the link is back")
    func shortBreak() throws {
        let scene = try Scene.inRoom()
        for name in ["Carl", "Dora"] { happen(.occupantJoined(Scene.occupant(name)), in: scene) }
        scene.forget()
        breakLink(scene)
        #expect(try words(scene) == [Self.away])
        #expect(scene.messages.first?.head.from?.description == "#harbour%net@gw.test")
        scene.forget()
        comeBack(scene, with: [Scene.occupant("Bob"), Scene.occupant("Carl"), Scene.occupant("Eve")])
        let shown = try words(scene)
        #expect(Set(shown.dropLast()) == ["+Bob", "-Dora", "+Eve"] && shown.count == 4 && shown.last == Self.back)
        scene.forget()
        scene.advance(by: .seconds(600))
        #expect(scene.sent.isEmpty && scene.requests.isEmpty, "the end of the patience has no effect any more")
    }

    @Test("during a break a chat state gets no answer, and a text an error")
    func writing() throws {
        let scene = try Scene.inRoom()
        breakLink(scene)
        scene.forget()
        for inside in ["<composing xmlns='http://jabber.org/protocol/chatstates'/>", "<body>hi</body>"] {
            try scene.receive(
                from: "anna@home.test/a", "<message type='groupchat' id='m'>\(inside)</message>",
                to: "#harbour%net@gw.test")
        }
        #expect(scene.messages.map(\.stanzaError?.condition) == [.remoteServerTimeout])
    }

    @Test("if nothing has changed, only the return is told")
    func nothingChanged() throws {
        let scene = try Scene.inRoom(topic: Topic(text: "boats"))
        breakLink(scene)
        scene.forget()
        comeBack(scene, with: [Scene.occupant("Bob", .operator)], topic: Topic(text: "boats"))
        #expect(try words(scene) == [Self.back])
    }

    @Test("a new nick of the user, a new rank and a new topic are shown as changes")
    func ownChanges() throws {
        let scene = try Scene.inRoom()
        breakLink(scene)
        scene.forget()
        comeBack(
            scene, nick: "anna_", with: [Scene.occupant("Bob"), Scene.occupant("anna")], topic: Topic(text: "new"))
        let shown = try words(scene)
        try #require(shown.count == 6)
        #expect(shown[..<3] == ["-anna 303 110", "+anna_ 110", "subject new"])
        #expect(Set(shown[3...4]) == ["+Bob", "+anna"] && shown[5] == Self.back)
    }

    @Test("a message during the break is refused with wait and its id, and a self-ping succeeds")
    func during() throws {
        let scene = try Scene.inRoom()
        breakLink(scene)
        scene.forget()
        try scene.receive(
            from: "anna@home.test/a", "<message type='groupchat' id='m'><body>x</body></message>",
            to: "#harbour%net@gw.test")
        let refusal = try #require(scene.messages.first)
        #expect(refusal.head.id == "m" && refusal.stanzaError?.type == .wait && scene.requests.isEmpty)
        try scene.receive(
            from: "anna@home.test/a", "<iq type='get' id='p'><ping xmlns='urn:xmpp:ping'/></iq>",
            to: "#harbour%net@gw.test/anna")
        #expect(scene.iqs.map(\.type) == [.result])
    }

    @Test("if the link does not come back in time, the members are out with 110 and 333 and wait for their own entry")
    func longBreak() throws {
        let scene = try Scene.inRoom()
        breakLink(scene)
        scene.forget()
        scene.advance(by: .seconds(59))
        #expect(scene.sent.isEmpty)
        scene.advance(by: .seconds(1))
        #expect(try words(scene) == ["-anna 110 333"])
        scene.forget()
        comeBack(scene, with: [Scene.occupant("Bob")])
        #expect(scene.sent.isEmpty, "no welcome without a request")
        try scene.join()
        #expect(try words(scene) == ["+Bob", "+anna 110", "subject "])
        #expect(scene.requests.isEmpty, "the user is in the room already")
    }

    @Test("a room that nobody enters again is left")
    func deserted() throws {
        let scene = try Scene.inRoom()
        breakLink(scene)
        scene.advance(by: .seconds(60))
        #expect(scene.requests.isEmpty)
        scene.advance(by: .seconds(300))
        #expect(try scene.takeRequest().action == .leave(Scene.room, reason: "The client did not come back"))
    }

    @Test("a client that enters during the break makes the adapter try, and is welcomed when the link is back")
    func entryDuringBreak() throws {
        let scene = try Scene.inRoom()
        breakLink(scene)
        scene.forget()
        try scene.join("anna@home.test/b")
        #expect(try scene.takeRequest().action == .join(Scene.room, password: nil))
        comeBack(scene, with: [Scene.occupant("Bob", .operator)])
        let shown = scene.presences.map { "\($0.head.to?.resource ?? "") \($0.head.from?.resource ?? "")" }
        #expect(shown == ["b Bob", "b anna"])
    }

    @Test("if the adapter cannot enter during the break, the waiting client is refused, and the others stay")
    func refusedDuringBreak() throws {
        let scene = try Scene.inRoom()
        breakLink(scene)
        try scene.receive(
            from: "anna@home.test/b", "<presence id='j2'><x xmlns='http://jabber.org/protocol/muc'/></presence>",
            to: "#harbour%net@gw.test/anna")
        scene.forgetSent()
        scene.event(.outcome(try scene.takeRequest().id, .failed(Failure(.remoteDown, "no"))), network: "net")
        #expect(try words(scene) == ["error j2"])
        #expect(scene.rooms()[Scene.room]?.members.map(\.jid.resource) == ["a"])
    }

    @Test("if the session ends for good, members are out with 110 and 333, without words about a return")
    func killed() throws {
        let scene = try Scene.inRoom()
        happen(.left(.disconnected(reason: "Killed.")), in: scene)
        scene.event(.state(.offline(Failure(.forbidden, "Killed."), retrying: false)), network: "net")
        #expect(try words(scene) == ["-anna 110 333"])
        #expect(scene.presences.first?.status == "Killed.")
    }

    @Test("if the network refuses the return, members are out with 110, 333 and the reason")
    func banned() throws {
        let scene = try Scene.inRoom()
        breakLink(scene)
        scene.forget()
        happen(.left(.left(reason: "You are banned.")), in: scene)
        #expect(try words(scene) == ["-anna 110 333"] && scene.presences.first?.status == "You are banned.")
    }

    @Test("many changes are shown in slices, and what happens meanwhile comes after them")
    func slices() throws {
        let scene = try Scene.live { $0.slice = 10 }
        try scene.join()
        scene.joined()
        breakLink(scene)
        scene.doesSlicesAtOnce = false
        scene.forget()
        comeBack(scene, with: [Scene.occupant("Bob", .operator)] + (0..<50).map { Scene.occupant("new\($0)") })
        #expect(scene.presences.count <= 10)
        happen(.occupantLeft(nick: "new7", .quit(reason: nil)), in: scene)
        scene.doesSlicesAtOnce = true
        scene.advance(by: .zero)
        let shown = try words(scene)
        #expect(shown.count == 52 && shown.last == "-new7" && shown[50] == Self.back)
    }

    @Test("changes that a break of the stream has stopped are shown when the stream is back")
    func bothBreak() throws {
        let scene = try Scene.live { $0.slice = 10 }
        try scene.join()
        scene.joined()
        scene.prove()
        breakLink(scene)
        scene.doesSlicesAtOnce = false
        comeBack(scene, with: [Scene.occupant("Bob", .operator)] + (0..<50).map { Scene.occupant("new\($0)") })
        scene.post(.linkClosed)
        scene.doesSlicesAtOnce = true
        scene.forget()
        scene.post(.linkOpened)
        for (ping, tag) in scene.queries { scene.post(.answered(tag, ping.result())) }
        #expect(Set(scene.presences.map { $0.head.from?.resource ?? "" }).count == 50)
        #expect(scene.presences.allSatisfy { $0.type == .available })
    }

    @Test("a huge room that comes back is compared in slices, also if nobody has changed")
    func hugeRoom() throws {
        let scene = try Scene.inRoom()
        let crowd = (1...2 * Refresh.slice).map { Scene.occupant("guest\($0)") }
        for occupant in crowd { happen(.occupantJoined(occupant), in: scene) }
        breakLink(scene)
        scene.doesSlicesAtOnce = false
        scene.forget()
        comeBack(scene, with: crowd)
        var turns = 1
        happen(.occupantLeft(nick: "guest1", .quit(reason: nil)), in: scene)
        while let slice = scene.timers.firstIndex(where: { $0.tag.timer == JobRunner.sliceTimer }) {
            #expect(scene.sent.count <= 1)
            scene.fireTimer(at: slice)
            turns += 1
        }
        // Each person of the room is looked at twice: as reported, and as known before.
        #expect(turns >= 2 * crowd.count / Refresh.slice)
        #expect(try words(scene) == ["-Bob", Self.back, "-guest1"])
    }

    @Test("the stream breaks while a huge room that has come back is compared: members are told of those that are gone")
    func bothBreakInHugeRoom() throws {
        let scene = try Scene.inRoom()
        let crowd = (1...2 * Refresh.slice).map { Scene.occupant("guest\($0)") }
        for occupant in crowd { happen(.occupantJoined(occupant), in: scene) }
        scene.prove()
        breakLink(scene)
        scene.doesSlicesAtOnce = false
        comeBack(scene, with: crowd)
        scene.post(.linkClosed)
        #expect(scene.rooms()[Scene.room]?.occupants.count == crowd.count + 1)
        scene.doesSlicesAtOnce = true
        scene.forget()
        scene.post(.linkOpened)
        for (ping, tag) in scene.queries { scene.post(.answered(tag, ping.result())) }
        let shown = try words(scene)
        #expect(shown == [Self.away, "-Bob"], "no fence has proved the message of the break")
    }
}
