import InMemoryLogging
import NIOCore
import Networking
import Testing
import XML
import XMPP

@testable import ComponentLink

@Suite("Turns, and what is counted and told in them", .timeLimit(.minutes(1)))
struct TurnTests {
    private func open() async throws -> (FakeServer, LinkRig, Peer) {
        let server = try await FakeServer.start()
        let rig = try await LinkRig(port: server.port)
        let peer = try await server.open()
        #expect(await rig.nextOfAll() == .opened)
        #expect(await rig.nextOfAll() == .turnEnded)
        return (server, rig, peer)
    }

    @Test("a turn in which a query was answered or a fence held ends like one with a stanza")
    func turnsEnd() async throws {
        let (server, rig, peer) = try await open()
        try await rig.onLoop { link, _ in
            let head = StanzaHead(to: try JID("alice@example.test"), from: try JID("irc.test"), id: "q1")
            link.query(IQ(head, type: .get, payload: [Ping().element]), deadline: .seconds(60)) { _ in }
        }
        #expect(try await peer.nextElement()[attribute: "id"] == "q1")
        peer.send("<iq type='result' id='q1' from='alice@example.test' to='irc.test'/>")
        #expect(await rig.nextOfAll() == .turnEnded)
        try await rig.onLoop { link, _ in link.fence { _ in } }
        peer.bounce(try await peer.nextElement())
        #expect(await rig.nextOfAll() == .turnEnded)
        try await rig.close()
        try await server.stop()
    }

    @Test("a turn that brought nothing for the delegate does not end for it")
    func silentTurns() async throws {
        let (server, rig, peer) = try await open()
        peer.send(" ")
        peer.send("<iq type='result' id='nobodys' from='alice@example.test' to='irc.test'/>")
        peer.send("<iq type='result' id='fence-0' from='irc.test' to='irc.test'/>")
        peer.send("<unknown xmlns='urn:x'/>")
        peer.send("<presence from='a@x.test' to='irc.test'/>")
        #expect(await rig.nextOfAll()?.isPresence == true)
        let counters = try await rig.onLoop { link, _ in link.counters }
        #expect(counters.unexpectedResults == 2 && counters.unknownElements == 1 && counters.received == 1)
        try await rig.close()
        try await server.stop()
    }

    @Test("the first connection is told to the operator, a later one only after a failure that was told")
    func connected() async throws {
        let (server, rig, peer) = try await open()
        func levels() -> [String] { rig.log.entries.filter { "\($0.message)" == "connected" }.map { "\($0.level)" } }
        #expect(levels() == ["info"])
        peer.send("</stream:stream>")
        #expect(await rig.next() == .closed("the server ended the stream"))
        let second = try await server.open()
        #expect(await rig.next() == .opened)
        #expect(levels() == ["info", "info"])
        second.send("</stream:stream>")
        #expect(await rig.next() == .closed("the server ended the stream"))
        _ = try await server.open()
        #expect(await rig.next() == .opened)
        #expect(levels() == ["info", "info", "debug"])
        try await rig.close()
        try await server.stop()
    }

    @Test("a ping under way is excused, and none is made up where none is")
    func excuse() throws {
        var fences = Fences(nonce: "n")
        let (early, late) = (NIODeadline.uptimeNanoseconds(7), NIODeadline.uptimeNanoseconds(9))
        fences.restartPingTimer(late)
        #expect(fences.sent == nil)
        fences.askForPing()
        _ = fences.takePing(now: early)
        fences.restartPingTimer(late)
        #expect(fences.sent == late)
    }

    @Test("the times and sizes are those that the documentation names")
    func defaults() throws {
        let timing = LinkTiming()
        let times = [
            timing.connect, timing.handshake, timing.close, timing.keepalive, timing.silence, timing.firstRetry,
            timing.slowestRetry, timing.steady,
        ]
        #expect(times == [10, 15, 2, 60, 180, 1, 30, 30].map { .seconds($0) })
    }
}
