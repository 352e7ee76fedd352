import NIOCore
import Testing
import XML
import XMPP

@testable import ComponentLink

@Suite("Back-pressure", .timeLimit(.minutes(1)))
struct BackPressureTests {
    @Test("while the delegate pauses nothing is read, and nothing is lost")
    func delegatePauses() async throws {
        let server = try await FakeServer.start()
        let rig = try await LinkRig(port: server.port)
        let peer = try await server.open()
        #expect(await rig.next() == .opened)
        try await rig.onLoop { link, _ in link.pauseReading() }
        // More than the buffers of the kernel hold: the server's write cannot finish while nobody reads.
        let body = String(repeating: "x", count: 100_000)
        let count = 200
        let text = "<message from='a@x.test' to='irc.test'><body>\(body)</body></message>"
        let written = peer.send(String(repeating: text, count: count))
        try await rig.roundTrips(20)
        let before = try await rig.onLoop { link, _ in link.counters.received }
        // One read may have been under way when the pause came.
        #expect(before < 20)
        try await rig.onLoop { link, _ in link.resumeReading() }
        for _ in 0..<count {
            guard case .stanza? = await rig.next() else {
                Issue.record("a stanza is missing")
                return
            }
        }
        try await written.get()
        try await rig.close()
        try await server.stop()
    }

    @Test("a server that takes nothing stops our reading, then our sending; when it takes again both go on")
    func slowServer() async throws {
        let server = try await FakeServer.start()
        let rig = try await LinkRig(port: server.port) {
            $0.slowOutboundBytes = 100_000
            $0.maxOutboundBytes = 1_000_000
        }
        let peer = try await server.open()
        #expect(await rig.next() == .opened)
        try await peer.channel.setOption(.autoRead, value: false).get()
        let body = String(repeating: "x", count: 50_000)
        var taken = 0
        while try await rig.onLoop({ link, _ in link.send(try .chat(body)) }) { taken += 1 }
        let full = try await rig.onLoop { link, _ in
            (link.outboundBytes, link.handler?.isPaused, link.counters.refusedWhileFull, link.isOpen)
        }
        #expect(full.0 >= 1_000_000 && full.0 < 1_100_000)
        #expect(full.1 == true && full.2 == 1 && full.3)
        try await peer.channel.setOption(.autoRead, value: true).get()
        for _ in 0..<taken { _ = try await peer.nextElement() }
        peer.send("<presence from='a@x.test' to='irc.test'/>")
        guard case .stanza(.presence)? = await rig.next() else {
            Issue.record("expected the presence")
            return
        }
        let free = try await rig.onLoop { link, _ in (link.outboundBytes, link.handler?.isPaused) }
        #expect(free.0 == 0 && free.1 == false)
        try await rig.close()
        try await server.stop()
    }
}

extension LinkRig {
    /// Lets the link's loop go round that many times.
    fileprivate func roundTrips(_ count: Int) async throws {
        for _ in 0..<count { try await onLoop { _, _ in } }
    }
}
