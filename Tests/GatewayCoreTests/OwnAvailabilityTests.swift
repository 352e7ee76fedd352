import Basics
import GatewayKit
import Testing
import XMPP

@testable import GatewayCore

@Suite("Own availability")
struct OwnAvailabilityTests {
    private func scene() throws -> Scene {
        let scene = try Scene.live()
        scene.capabilities = Capabilities([.text: .full, .join: .full, .nickChange: .full, .presence: .full])
        try scene.join()
        scene.joined()
        scene.event(.state(.online(nick: "anna")), network: "net")
        scene.forget()
        return scene
    }

    private func told(_ scene: Scene) -> [Availability] {
        scene.takeRequests().compactMap {
            if case .presence(let availability) = $0.action { availability } else { nil }
        }
    }

    private func show(_ show: String, _ scene: Scene, _ client: String = "a", to: String = "gw.test") throws {
        try scene.receive(
            from: "anna@home.test/\(client)",
            "<presence to='\(to)'><show>\(show)</show><status>lunch</status></presence>")
    }

    @Test("a user whose only client is away is away, and is available again with it", arguments: ["away", "xa", "dnd"])
    func oneClient(_ kind: String) throws {
        let scene = try scene()
        try show(kind, scene)
        try show(kind, scene)
        #expect(told(scene) == [.away("lunch")])
        try scene.receive(from: "anna@home.test/a", "<presence to='gw.test'/>")
        #expect(told(scene) == [.available])
    }

    @Test("one available client is enough, and the last one that is left decides")
    func severalClients() throws {
        let scene = try scene()
        try show("away", scene, "a")
        try scene.receive(from: "anna@home.test/b", "<presence to='gw.test'/>")
        #expect(told(scene) == [.away("lunch"), .available])
        try scene.receive(from: "anna@home.test/b", "<presence type='unavailable' to='gw.test'/>")
        #expect(told(scene) == [.away("lunch")])
        try scene.receive(from: "anna@home.test/a", "<presence type='unavailable' to='gw.test'/>")
        #expect(told(scene).isEmpty, "nothing is known of a user without clients")
    }

    @Test("presence in a room counts, and a network that comes up is told")
    func rooms() throws {
        let scene = try scene()
        try show("away", scene, "a", to: "#harbour%net@gw.test/anna")
        #expect(told(scene) == [.away("lunch")])
        scene.event(.state(.online(nick: "anna")), network: "net")
        #expect(told(scene) == [.away("lunch")])
    }

    @Test("presence in a room comes back to its sender: from the network if it is news there, otherwise at once")
    func reflected() throws {
        let scene = try scene()
        try show("away", scene, "a", to: "#harbour%net@gw.test/anna")
        #expect(scene.presences.isEmpty)
        let away = OccupantDetails(availability: .away("lunch"))
        let address = PeerAddress(network: LiveRules.network, name: "anna")
        let own = Occupant(nick: "anna", rank: .none, address: address, details: away)
        scene.event(.room(Scene.room, .occupantChanged(own)), network: "net")
        try show("away", scene, "a", to: "#harbour%net@gw.test/anna")
        #expect(scene.presences.map(\.show) == [.away, .away] && scene.presences.map(\.status) == ["lunch", "lunch"])
        #expect(scene.presences.allSatisfy { $0.head.from?.resource == "anna" })
        scene.forget()
        try show("away", scene, "b", to: "#harbour%net@gw.test/anna")
        #expect(!scene.presences.contains { $0.type == .available }, "only a client in the room has an occupant there")
    }

    @Test("a network that cannot show presence is told nothing")
    func noPresence() throws {
        let scene = try Scene.inRoom()
        scene.event(.state(.online(nick: "anna")), network: "net")
        try show("away", scene)
        #expect(told(scene).isEmpty)
    }

    // MARK: Idle clients

    private func idle(for minutes: Double, _ scene: Scene, _ client: String = "a") throws {
        let since = DateTime.print(scene.now.secondsSince1970 - 60 * minutes)
        try scene.receive(
            from: "anna@home.test/\(client)",
            "<presence to='gw.test'><idle xmlns='urn:xmpp:idle:1' since='\(since)'/></presence>")
    }

    @Test("a client that nobody has used for ten minutes counts as away, when its presence comes or later")
    func idle() throws {
        let scene = try scene()
        try idle(for: 11, scene)
        #expect(told(scene) == [.away(nil)])
        try scene.receive(from: "anna@home.test/a", "<presence to='gw.test'/>")
        #expect(told(scene) == [.available])
        try idle(for: 1, scene)
        #expect(told(scene).isEmpty)
        scene.advance(by: .seconds(539))
        #expect(told(scene).isEmpty)
        scene.advance(by: .seconds(2))
        #expect(told(scene) == [.away(nil)])
    }

    @Test("a client that is used again, or another that is used, keeps the user available")
    func usedAgain() throws {
        let scene = try scene()
        try idle(for: 1, scene)
        scene.advance(by: .seconds(300))
        try scene.receive(from: "anna@home.test/a", "<presence to='gw.test'/>")
        scene.advance(by: .seconds(600))
        #expect(told(scene).isEmpty)
        try idle(for: 1, scene)
        try scene.receive(from: "anna@home.test/b", "<presence to='gw.test'/>")
        scene.advance(by: .seconds(600))
        #expect(told(scene).isEmpty)
        try scene.receive(from: "anna@home.test/b", "<presence type='unavailable' to='gw.test'/>")
        #expect(told(scene) == [.away(nil)])
    }

    @Test("a client that changes its idle presence often starts one timer")
    func oneTimer() throws {
        let scene = try scene()
        let before = scene.timers.count
        for second in 0..<100 { try idle(for: Double(second) / 100, scene, "c\(second % 10)") }
        #expect(scene.timers.count == before + 1)
    }
}
