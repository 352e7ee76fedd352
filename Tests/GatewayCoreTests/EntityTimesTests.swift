import GatewayKit
import Testing
import XMPP

@testable import GatewayCore

@Suite("Entity time")
struct EntityTimesTests {
    @Test(
        "every address answers with the time of the gateway in UTC, and advertises the feature",
        arguments: ["gw.test", "net@gw.test", "#harbour%net@gw.test", "#harbour%net@gw.test/Bob", "bob%net@gw.test"])
    func time(to: String) throws {
        let scene = try Scene.inRoom()
        try scene.receive(
            from: "anna@home.test/a", "<iq type='get' id='t'><time xmlns='urn:xmpp:time'/></iq>", to: to)
        let time = try EntityTime(try #require(scene.iqs.first?.payload.first))
        #expect(time == EntityTime(utc: scene.now.secondsSince1970, offset: 0))
        try scene.receive(
            from: "anna@home.test/a",
            "<iq type='get' id='d'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>", to: to)
        #expect(try DiscoInfo(try #require(scene.iqs.last?.payload.first)).features.contains(EntityTime.namespace))
    }
}
