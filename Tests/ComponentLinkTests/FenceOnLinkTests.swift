import NIOConcurrencyHelpers
import NIOCore
import Testing
import XML
import XMPP

@testable import ComponentLink

@Suite("Fences on a link", .timeLimit(.minutes(1)))
struct FenceOnLinkTests {
    private func open() async throws -> (FakeServer, LinkRig, Peer) {
        let server = try await FakeServer.start()
        let rig = try await LinkRig(port: server.port)
        let peer = try await server.open()
        #expect(await rig.next() == .opened)
        return (server, rig, peer)
    }

    @Test("fences of one turn share a ping behind all stanzas of the turn, and hold when it comes back")
    func order() async throws {
        let (server, rig, peer) = try await open()
        let outcomes = NIOLockedValueBox<[String]>([])
        let all = rig.loop.makePromise(of: Void.self)
        try await rig.onLoop { link, _ in
            link.send(try .chat("one"))
            link.fence { held in outcomes.withLockedValue { $0.append("first \(held)") } }
            link.send(try .chat("two"))
            link.fence { held in
                outcomes.withLockedValue { $0.append("second \(held)") }
                all.succeed()
            }
        }
        #expect(try await Stanza(peer.nextElement()) == .chat("one"))
        #expect(try await Stanza(peer.nextElement()) == .chat("two"))
        let ping = try await peer.nextElement()
        #expect(ping[attribute: "to"] == "irc.test" && ping[attribute: "from"] == "irc.test")
        #expect(ping.first("ping", namespace: Ping.namespace) != nil)
        #expect(outcomes.withLockedValue { $0 } == [])
        peer.bounce(ping)
        try await all.futureResult.value()
        #expect(outcomes.withLockedValue { $0 } == ["first true", "second true"])
        try await rig.onLoop { link, _ in link.send(try .chat("three")) }
        #expect(try await Stanza(peer.nextElement()) == .chat("three"), "the ping is neither handed on nor answered")
        try await rig.close()
        try await server.stop()
    }

    @Test("a fence asked while a ping is under way gets the next one", arguments: ["result", "error"])
    func nextPing(type: String) async throws {
        let (server, rig, peer) = try await open()
        let (first, second) = (rig.loop.makePromise(of: Bool.self), rig.loop.makePromise(of: Bool.self))
        try await rig.onLoop { link, _ in link.fence { first.succeed($0) } }
        let ping = try await peer.nextElement()
        try await rig.onLoop { link, _ in
            link.send(try .chat("later"))
            link.fence { second.succeed($0) }
        }
        #expect(try await Stanza(peer.nextElement()) == .chat("later"))
        // A server might answer in our place; that answer proves the same.
        let id = ping[attribute: "id"] ?? ""
        peer.send("<iq type='\(type)' id='\(id)' from='irc.test' to='irc.test'/>")
        #expect(try await first.futureResult.value())
        let next = try await peer.nextElement()
        #expect(next[attribute: "id"] != ping[attribute: "id"])
        peer.bounce(next)
        #expect(try await second.futureResult.value())
        try await rig.close()
        try await server.stop()
    }

    @Test("fences fail when the link breaks, and a ping of the old stream proves nothing on the new one")
    func fails() async throws {
        let (server, rig, peer) = try await open()
        let first = rig.loop.makePromise(of: Bool.self)
        try await rig.onLoop { link, _ in link.fence { first.succeed($0) } }
        let old = try await peer.nextElement()
        try await peer.channel.close()
        #expect(try await first.futureResult.value() == false)
        let offline = rig.loop.makePromise(of: Bool.self)
        let again = try await server.open()
        guard case .closed? = await rig.next(), await rig.next() == .opened else {
            Issue.record("expected the link to close and open")
            return
        }
        let second = rig.loop.makePromise(of: Bool.self)
        try await rig.onLoop { link, _ in link.fence { second.succeed($0) } }
        let new = try await again.nextElement()
        again.bounce(old)
        try await again.channel.close()
        #expect(new != old)
        #expect(try await second.futureResult.value() == false)
        try await server.stop()
        try await rig.close()
        try await rig.onLoop { link, _ in link.fence { offline.succeed($0) } }
        #expect(try await offline.futureResult.value() == false)
    }

    @Test("others cannot hold a fence, even if they guess its id")
    func forged() async throws {
        let (server, rig, peer) = try await open()
        let outcome = rig.loop.makePromise(of: Bool.self)
        try await rig.onLoop { link, _ in link.fence { outcome.succeed($0) } }
        let id = try await peer.nextElement()[attribute: "id"] ?? ""
        peer.send("<iq type='result' id='\(id)' from='mallory@example.test' to='irc.test'/>")
        peer.send("<iq type='get' id='\(id)' from='irc.test/x' to='irc.test'><ping xmlns='urn:xmpp:ping'/></iq>")
        guard case .stanza(.iq)? = await rig.next() else {
            Issue.record("a request from elsewhere is for the delegate")
            return
        }
        try await peer.channel.close()
        #expect(try await outcome.futureResult.value() == false)
        try await rig.close()
        try await server.stop()
    }

    @Test("a ping that does not come back although other things do ends the link")
    func lost() async throws {
        let (server, rig, peer) = try await open()
        let outcome = rig.loop.makePromise(of: Bool.self)
        let begin = try await rig.onLoop { link, _ in
            link.fence { outcome.succeed($0) }
            return link.eventLoop.now
        }
        _ = try await peer.nextElement()
        for second in [60, 120, 179] { try await rig.tick(heardUntil: second, from: begin) }
        #expect(try await rig.onLoop { link, _ in link.isOpen })
        try await rig.tick(heardUntil: 181)
        #expect(try await outcome.futureResult.value() == false)
        #expect(rig.complaints.first?.contains("did not return a ping") == true)
        try await rig.close()
        try await server.stop()
    }
}

extension LinkRig {
    /// Ticks as if that many seconds had passed since now, and the server had sent something just before.
    fileprivate func tick(heardUntil second: Int, from begin: NIODeadline? = nil) async throws {
        try await onLoop { link, _ in
            let now = (begin ?? link.eventLoop.now) + .seconds(Int64(second))
            link.liveness.heardFromServer(now)
            link.tick(now)
        }
    }
}
