import ComponentLink
import NIOCore
import Testing
import XML
import XMPP

@Suite("Queries", .timeLimit(.minutes(1)))
struct QueryTests {
    /// Pings `alice@example.test` by a query.
    private func ask(
        _ rig: LinkRig, id: String? = "q1", deadline: Duration = .seconds(60)
    ) async throws -> EventLoopFuture<IQ?> {
        let promise = rig.loop.makePromise(of: IQ?.self)
        try await rig.onLoop { link, _ in
            let head = StanzaHead(to: try JID("alice@example.test"), from: try JID("irc.test"), id: id)
            var isInside = true
            link.query(IQ(head, type: .get, payload: [Ping().element]), deadline: deadline) { reply in
                #expect(!isInside, "never called back before it returns")
                promise.succeed(reply)
            }
            isInside = false
        }
        return promise.futureResult
    }

    private func open() async throws -> (FakeServer, LinkRig, Peer) {
        let server = try await FakeServer.start()
        let rig = try await LinkRig(port: server.port)
        let peer = try await server.open()
        #expect(await rig.next() == .opened)
        return (server, rig, peer)
    }

    @Test("the answer of the address asked arrives, those of others do not", arguments: ["result", "error"])
    func answered(type: String) async throws {
        let (server, rig, peer) = try await open()
        let reply = try await ask(rig)
        #expect(try await peer.nextElement()[attribute: "id"] == "q1")
        peer.send("<iq type='result' id='q1' from='mallory@example.test' to='irc.test'/>")
        peer.send("<iq type='result' id='q2' from='alice@example.test' to='irc.test'/>")
        peer.send("<iq type='result' id='q1' from='alice@example.test/phone' to='irc.test'/>")
        peer.send("<iq type='\(type)' id='q1' from='ALICE@example.test' to='irc.test'><x xmlns='right'/></iq>")
        peer.send("<iq type='result' id='q1' from='alice@example.test' to='irc.test'/>")
        let iq = try #require(try await reply.value())
        #expect(iq.payload.first?.namespace == "right" && iq.type.rawValue == type)
        peer.send("<presence from='a@x.test' to='irc.test'/>")
        guard case .stanza(.presence)? = await rig.next() else {
            Issue.record("results are not handed to the delegate")
            return
        }
        let counters = try await rig.onLoop { link, _ in link.counters }
        #expect(counters.unexpectedResults == 4)
        try await rig.close()
        try await server.stop()
    }

    @Test("a query that is not answered in time ends without an answer, and a late one is dropped")
    func deadline() async throws {
        let (server, rig, peer) = try await open()
        let reply = try await ask(rig, deadline: .milliseconds(10))
        #expect(try await reply.value() == nil)
        peer.send("<iq type='result' id='q1' from='alice@example.test' to='irc.test'/>")
        peer.send("<presence from='a@x.test' to='irc.test'/>")
        _ = await rig.next()
        let counters = try await rig.onLoop { link, _ in link.counters }
        #expect(counters.unexpectedResults == 1)
        try await rig.close()
        try await server.stop()
    }

    @Test("when the link breaks all queries end at once, and later ones are not sent")
    func linkLoss() async throws {
        let (server, rig, peer) = try await open()
        let replies = [try await ask(rig), try await ask(rig, id: nil), try await ask(rig, id: nil)]
        try await peer.channel.close()
        for reply in replies { #expect(try await reply.value() == nil) }
        try await server.stop()
        #expect(try await ask(rig).value() == nil)
        try await rig.close()
    }

    @Test("a second query with the same id to the same address is not sent")
    func duplicate() async throws {
        let (server, rig, peer) = try await open()
        let first = try await ask(rig)
        #expect(try await ask(rig).value() == nil)
        peer.send("<iq type='result' id='q1' from='alice@example.test' to='irc.test'/>")
        #expect(try await first.value()?.type == .result)
        try await rig.close()
        try await server.stop()
    }

    @Test("a query without id gets one that is new every time")
    func makesIDs() async throws {
        let (server, rig, peer) = try await open()
        let replies = [try await ask(rig, id: nil), try await ask(rig, id: nil)]
        let ids = [
            try await peer.nextElement()[attribute: "id"] ?? "", try await peer.nextElement()[attribute: "id"] ?? "",
        ]
        #expect(ids[0] != ids[1] && ids.allSatisfy { $0.count > 8 })
        for id in ids { peer.send("<iq type='result' id='\(id)' from='alice@example.test' to='irc.test'/>") }
        for reply in replies { #expect(try await reply.value() != nil) }
        try await rig.close()
        try await server.stop()
    }
}
