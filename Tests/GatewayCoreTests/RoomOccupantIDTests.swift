import Basics
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

    private func occupant(_ nick: String, account: String?) -> Occupant {
        let details = OccupantDetails(account: account)
        return Occupant(nick: nick, rank: .none, address: Scene.occupant(nick).address, details: details)
    }

    private func id(ofEntering nick: String, account: String?, in scene: Scene) throws -> String {
        happen(.occupantJoined(occupant(nick, account: account)), in: scene)
        let id = try #require(scene.presences.last?.head.occupantID)
        #expect(try said(by: nick, in: scene) == id)
        return id
    }

    @Test("an account that is known at the entry has one id, under every nick and in every stay")
    func account() throws {
        let scene = try Scene.inRoom()
        let first = try id(ofEntering: "carl", account: "c", in: scene)
        #expect(try id(ofEntering: "carl2", account: "c", in: scene) == first, "two connections of one person")
        happen(.occupantLeft(nick: "carl", .quit(reason: nil)), in: scene)
        #expect(scene.presences.last?.head.occupantID == first)
        #expect(try id(ofEntering: "carl", account: nil, in: scene) != first)
        #expect(try id(ofEntering: "other", account: "d", in: scene) != first)
        #expect(try said(by: "carl2", in: scene) == first)
        let again = try Scene.live()
        try again.join()
        let everyone = [Scene.occupant("anna"), occupant("karl", account: "c")]
        happen(.joined(JoinedRoom(nick: "anna", occupants: everyone, topic: nil)), in: again)
        #expect(again.presences.contains { $0.head.occupantID == first }, "the id does not depend on the session")
    }

    @Test("nobody can take the nick that gives the id of an account")
    func forged() throws {
        let scene = try Scene.inRoom()
        let first = try id(ofEntering: "carl", account: "c", in: scene)
        for nick in ["c", "\u{0}c", "\\u{0}c"] { #expect(try id(ofEntering: nick, account: nil, in: scene) != first) }
    }

    @Test("the id stays for the stay when the account becomes known, changes or ends")
    func accountChanges() throws {
        let scene = try Scene.inRoom()
        let first = try id(ofEntering: "carl", account: nil, in: scene)
        for account in ["c", nil, "d", "c"] {
            happen(.occupantChanged(occupant("carl", account: account)), in: scene)
            #expect(try said(by: "carl", in: scene) == first)
        }
        happen(.occupantRenamed(from: "carl", to: occupant("karl", account: "c")), in: scene)
        #expect(try said(by: "karl", in: scene) == first)
        happen(.occupantLeft(nick: "karl", .quit(reason: nil)), in: scene)
        #expect(try id(ofEntering: "carl", account: nil, in: scene) != first, "the id belongs to the account now")
        #expect(try id(ofEntering: "charles", account: "c", in: scene) == first)
        #expect(try id(ofEntering: "dan", account: "d", in: scene) != first, "only the first account keeps the id")
    }

    @Test("the number of accounts that keep an id made from a nick is bounded")
    func manyAccounts() throws {
        var ids = OccupantIDs(OccupantKey(secret: Secret("s")).key(ofRoom: "r"))
        for number in 0..<OccupantIDs.mostAccounts + 1 { ids.learn("a\(number)", of: "n\(number)") }
        for number in [0, OccupantIDs.mostAccounts] {
            let before = ids.id(of: "n\(number)")
            ids.forget("n\(number)")
            ids.enter("other", account: "a\(number)")
            #expect((ids.id(of: "other") == before) == (number == 0))
        }
    }

    @Test("the room itself has no id")
    func room() throws {
        let scene = try Scene.inRoom()
        scene.event(.message(InboundMessage(from: .room(Scene.room, nick: nil), text: "x")), network: "net")
        #expect(scene.messages.last?.head.occupantID == nil)
    }
}
