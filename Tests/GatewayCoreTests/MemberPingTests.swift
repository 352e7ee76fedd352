import GatewayKit
import Testing
import XMPP

@testable import GatewayCore

@Suite("Pings of room members")
struct MemberPingTests {
    @Test("after a reconnect every member is pinged, with a bounded number of open pings")
    func all() throws {
        let scene = try Scene.live()
        let users = 3 * MemberPings.most
        for number in 0..<users { try scene.join("u\(number)@home.test/a", nick: "u\(number)") }
        scene.grantAll()
        scene.post(.linkClosed)
        scene.forget()
        scene.doesSlicesAtOnce = false
        scene.post(.linkOpened)
        doSlices(scene)
        #expect(scene.queries.count == MemberPings.most)
        var answered = 0
        while answered < scene.queries.count {
            scene.post(.answered(scene.queries[answered].1, IQ(StanzaHead(), type: .result)))
            answered += 1
            doSlices(scene)
            #expect(scene.queries.count - answered <= MemberPings.most)
        }
        #expect(Set(scene.queries.compactMap { $0.0.head.to }).count == users)
        let rooms = (0..<users).compactMap { scene.rooms(of: "u\($0)@home.test")[Scene.room] }
        #expect(rooms.count == users && rooms.allSatisfy { $0.members.allSatisfy { !$0.mayBeGone } })
    }

    private func doSlices(_ scene: Scene) {
        while let slice = scene.timers.firstIndex(where: { $0.tag.timer == JobRunner.sliceTimer }) {
            scene.fireTimer(at: slice)
        }
    }

    @Test(
        "a client that does not know pings is there, and a client that the server does not find is not",
        arguments: [
            (StanzaError.Condition.featureNotImplemented, true), (.serviceUnavailable, false), (.itemNotFound, false),
        ])
    func error(condition: StanzaError.Condition, isThere: Bool) throws {
        let scene = try Scene.inRoom()
        scene.post(.linkClosed)
        scene.post(.linkOpened)
        let (ping, tag) = try #require(scene.queries.first)
        scene.post(.answered(tag, ping.error(StanzaError(condition))))
        scene.forget()
        try scene.receive(
            from: "anna@home.test/a", "<iq type='get' id='q'><ping xmlns='urn:xmpp:ping'/></iq>",
            to: "#harbour%net@gw.test/anna")
        #expect(scene.iqs.map(\.type) == [isThere ? .result : .error])
    }

    @Test("a refused join is answered with the id of its presence")
    func refusedJoin() throws {
        let scene = try Scene.live()
        try scene.receive(
            from: "anna@home.test/a", "<presence id='j1'><x xmlns='http://jabber.org/protocol/muc'/></presence>",
            to: "#harbour%net@gw.test/anna")
        let request = try #require(scene.takeRequests().last)
        scene.event(.outcome(request.id, .failed(Failure(.forbidden, "banned"))), network: "net")
        #expect(scene.presences.map(\.head.id) == ["j1"] && scene.presences.map(\.type) == [.error])
    }
}
