import GatewayKit
import Testing
import XMPP

@testable import GatewayCore

@Suite("Occupant ids in rooms")
struct RoomOccupantIDTests {
    private func happen(_ event: RoomEvent, in scene: Scene) { scene.event(.room(Scene.room, event), network: "net") }

    private func said(by nick: String, in scene: Scene) throws -> String? {
        scene.forget()
        scene.event(.message(InboundMessage(from: .room(Scene.room, nick: nick), text: "x")), network: "net")
        return try #require(scene.messages.last).head.occupantID
    }

    @Test("presence and messages of an occupant have one id, which follows the occupant to another nick")
    func stable() throws {
        let scene = try Scene.inRoom()
        happen(.occupantChanged(Scene.occupant("Bob")), in: scene)
        let id = try #require(scene.presences.last?.head.occupantID)
        #expect(try said(by: "Bob", in: scene) == id)
        happen(.occupantRenamed(from: "Bob", to: Scene.occupant("Bobby")), in: scene)
        #expect(scene.presences.map(\.head.occupantID) == [id, id])
        #expect(try said(by: "Bobby", in: scene) == id)
        happen(.occupantJoined(Scene.occupant("Bob")), in: scene)
        let other = try #require(scene.presences.last?.head.occupantID)
        #expect(other != id, "somebody else has the old nick now")
        #expect(try said(by: "Bob", in: scene) == other)
        #expect(try said(by: "Bobby", in: scene) == id)
    }

    @Test("an occupant who leaves and comes back under the same nick has the same id")
    func returning() throws {
        let scene = try Scene.inRoom()
        let id = try said(by: "Bob", in: scene)
        happen(.occupantLeft(nick: "Bob", .quit(reason: nil)), in: scene)
        #expect(scene.presences.last?.head.occupantID == id)
        happen(.occupantJoined(Scene.occupant("Bob")), in: scene)
        #expect(try id != nil && said(by: "Bob", in: scene) == id)
    }

    @Test("the room itself has no id")
    func room() throws {
        let scene = try Scene.inRoom()
        scene.event(.message(InboundMessage(from: .room(Scene.room, nick: nil), text: "x")), network: "net")
        #expect(scene.messages.last?.head.occupantID == nil)
    }
}
