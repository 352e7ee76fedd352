import GatewayKit
import Testing
import XML
import XMPP

@testable import GatewayCore

@Suite("Changes of a room that the home server may not have read before the stream broke")
struct UnconfirmedChangeTests {
    private func happen(_ event: RoomEvent, in scene: Scene) { scene.event(.room(Scene.room, event), network: "net") }

    /// Breaks the stream, opens it, and answers all pings. Returns the presences that the member is shown then.
    private func reconnect(_ scene: Scene) throws -> [String] {
        scene.post(.linkClosed)
        let asked = scene.queries.count
        scene.forget()
        scene.post(.linkOpened)
        for (ping, tag) in scene.queries[asked...] { scene.post(.answered(tag, ping.result())) }
        return try scene.presences.map { presence in
            let user = try MUCUser(try #require(presence.payload.first { $0.namespace == MUCUser.namespace }))
            let codes = user.statuses.map { " \($0)" }.joined()
            return "\(presence.type == .available ? "+" : "-")\(presence.head.from?.resource ?? "")\(codes)"
        }
    }

    /// Anna and Bob are in the room, and the home server has everything.
    private func settled() throws -> Scene {
        let scene = try Scene.inRoom()
        scene.prove()
        scene.forget()
        return scene
    }

    @Test("a change that no fence has confirmed is shown again, and a confirmed one is not", arguments: [true, false])
    func change(isProven: Bool) throws {
        let scene = try settled()
        happen(.occupantJoined(Scene.occupant("new")), in: scene)
        happen(.occupantLeft(nick: "Bob", .quit(reason: nil)), in: scene)
        happen(.topicChanged(Topic(text: "news", author: "new")), in: scene)
        if isProven { scene.prove() }
        let told = try reconnect(scene)
        #expect(Set(told) == (isProven ? [] : ["+new", "-Bob"]) && told.count == (isProven ? 0 : 2))
        #expect(scene.messages.map(\.subject) == (isProven ? [] : ["news"]))
        scene.prove()
        #expect(try reconnect(scene).isEmpty, "a change is shown again only once")
    }

    @Test("an occupant who came and went again without a confirmation is shown as gone")
    func brief() throws {
        let scene = try settled()
        happen(.occupantJoined(Scene.occupant("brief")), in: scene)
        happen(.occupantLeft(nick: "brief", .quit(reason: nil)), in: scene)
        #expect(try reconnect(scene) == ["-brief"])
    }

    @Test("changes before and after the fence that is under way are shown, and only those after an answered one")
    func generations() throws {
        for isAnswered in [true, false] {
            let scene = try settled()
            happen(.occupantJoined(Scene.occupant("first")), in: scene)
            scene.advance(by: .seconds(1))
            let batch = try #require(scene.fences.last)
            happen(.occupantJoined(Scene.occupant("second")), in: scene)
            if isAnswered { scene.post(.fenced(batch: batch, true)) }
            #expect(Set(try reconnect(scene)) == (isAnswered ? ["+second"] : ["+first", "+second"]))
        }
    }

    @Test("changes behind a catch-up stay unconfirmed until a fence that was sent after them is answered")
    func behindCatchUp() throws {
        let scene = try settled()
        scene.post(.linkClosed)
        happen(.occupantJoined(Scene.occupant("zed")), in: scene)
        #expect(try reconnect(scene) == ["+zed"])
        scene.advance(by: .seconds(1))
        let batch = try #require(scene.fences.last)
        happen(.occupantJoined(Scene.occupant("yan")), in: scene)
        happen(.occupantLeft(nick: "Bob", .quit(reason: nil)), in: scene)
        scene.post(.fenced(batch: batch, true))
        #expect(Set(try reconnect(scene)) == ["+yan", "-Bob"])
    }

    @Test("changes before and after the break are shown as one difference")
    func bothSides() throws {
        let scene = try settled()
        happen(.occupantRenamed(from: "Bob", to: Scene.occupant("Rob", .operator)), in: scene)
        scene.post(.linkClosed)
        happen(.occupantLeft(nick: "Rob", .quit(reason: nil)), in: scene)
        #expect(Set(try reconnect(scene)) == ["-Bob", "-Rob"])
    }

    @Test("a client that may lack the end of its entry is shown all occupants and the end once more")
    func entry() throws {
        let scene = try settled()
        try scene.join("anna@home.test/b")
        happen(.occupantJoined(Scene.occupant("new")), in: scene)
        let told = try reconnect(scene)
        let mine = scene.presences.filter { $0.head.to?.resource == "b" }
        #expect(Set(mine.compactMap { $0.head.from?.resource }) == ["Bob", "anna", "new"])
        #expect(told.last == "+anna 110" && !told.contains { $0.hasPrefix("-") }, "nobody is told to be out")
        #expect(scene.messages.map(\.subject) == [""] && scene.messages.first?.head.to?.resource == "b")
        #expect(scene.presences.filter { $0.head.to?.resource == "a" }.map { $0.head.from?.resource } == ["new"])
        scene.prove()
        #expect(try reconnect(scene).isEmpty)
    }

    @Test(
        "a kick that no fence has confirmed is told again, unless the client enters again first", arguments: [0, 1, 2])
    func kick(course: Int) throws {
        let scene = try settled()
        happen(.left(.kicked(by: "Bob", reason: "no")), in: scene)
        if course == 1 { scene.prove() }
        if course == 2 { try scene.join() }
        #expect(try reconnect(scene) == (course == 0 ? ["-anna 110 307"] : []))
        scene.prove()
        #expect(try reconnect(scene).isEmpty)
    }

    @Test("a room without members keeps nothing, and a confirmed room keeps nothing")
    func forgets() throws {
        let scene = try settled()
        happen(.occupantJoined(Scene.occupant("new")), in: scene)
        #expect(scene.rooms()[Scene.room]?.unconfirmed.count == 1)
        scene.prove()
        #expect(scene.rooms()[Scene.room]?.unconfirmed.isEmpty == true)
    }
}
