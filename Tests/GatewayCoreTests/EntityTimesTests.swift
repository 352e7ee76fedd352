import GatewayKit
import Testing
import XMPP

@testable import GatewayCore

@Suite("Entity time")
struct EntityTimesTests {
    private static let bob = PeerAddress(network: LiveRules.network, name: "bob")

    private func scene() throws -> Scene {
        let scene = try Scene.live()
        scene.capabilities = Capabilities([.text: .full, .join: .full, .nickChange: .full, .time: .full])
        try scene.join()
        scene.joined()
        scene.event(.state(.online(nick: "anna")), network: "net")
        scene.forget()
        return scene
    }

    private func ask(_ scene: Scene, to: String) throws {
        try scene.receive(
            from: "anna@home.test/a", "<iq type='get' id='t'><time xmlns='urn:xmpp:time'/></iq>", to: to)
    }

    private func features(_ scene: Scene, of address: String) throws -> [String] {
        try scene.receive(
            from: "anna@home.test/a",
            "<iq type='get' id='d'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>", to: address)
        return try DiscoInfo(try #require(scene.iqs.last?.payload.first)).features
    }

    @Test(
        "the gateway's own addresses answer with the time of the gateway in UTC, and advertise the feature",
        arguments: ["gw.test", "net@gw.test", "#harbour%net@gw.test"])
    func ofGateway(to: String) throws {
        let scene = try Scene.inRoom()
        try ask(scene, to: to)
        let time = try EntityTime(try #require(scene.iqs.first?.payload.first))
        #expect(time == EntityTime(utc: scene.now.secondsSince1970, offset: 0))
        #expect(try features(scene, of: to).contains(EntityTime.namespace))
    }

    @Test("a person's program is asked for its time", arguments: ["#harbour%net@gw.test/Bob", "bob%net@gw.test"])
    func ofPerson(to: String) throws {
        let scene = try scene()
        try ask(scene, to: to)
        let request = try scene.takeRequest()
        #expect(request.action == .ask(.time(Self.bob)) && scene.iqs.isEmpty)
        let reading = ClockReading(Timestamp(secondsSince1970: 86_400), offset: 3_600)
        scene.event(.answer(request.id, .time(reading)), network: "net")
        #expect(
            try EntityTime(try #require(scene.iqs.first?.payload.first)) == EntityTime(utc: 86_400, offset: 3_600))
        #expect(try !features(scene, of: to).contains(EntityTime.namespace))
    }

    @Test("nobody has no time, and a person on a network without such questions neither")
    func ofNobody() throws {
        let scene = try scene()
        try ask(scene, to: "bob%net@gw.test")
        scene.event(.outcome(try scene.takeRequest().id, .failed(Failure(.notFound, "Nobody."))), network: "net")
        try ask(scene, to: "#harbour%net@gw.test/ghost")
        let silent = try Scene.inRoom()
        try ask(silent, to: "bob%net@gw.test")
        #expect(
            (scene.iqs + silent.iqs).map { $0.stanzaError?.condition } == [
                .itemNotFound, .itemNotFound, .serviceUnavailable,
            ])
    }

    @Test("the user's own place in a room has the time of the gateway")
    func ofSelf() throws {
        let scene = try scene()
        try ask(scene, to: "#harbour%net@gw.test/anna")
        #expect(scene.takeRequests().isEmpty)
        #expect(try EntityTime(try #require(scene.iqs.first?.payload.first)).offset == 0)
    }
}
