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
        // More than the kernel's buffers hold: the server's write cannot finish while the link does not read.
        let body = String(repeating: "x", count: 100_000)
        let count = 200
        let text = "<message from='a@x.test' to='irc.test'><body>\(body)</body></message>"
        let written = peer.send(String(repeating: text, count: count))
        try await rig.roundTrips(20)
        let before = try await rig.onLoop { link, _ in link.counters.received }
        // One read may have been under way when the pause began.
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
        let body = String(repeating: "x", count: 49_000)
        var taken = 0
        var waiting: Int?
        while waiting == nil {
            waiting = try await rig.waitingWhenRefused(body)
            taken += waiting == nil ? 1 : 0
        }
        let full = try await rig.onLoop { link, _ in
            (link.handler?.isPaused, link.counters.refusedWhileFull, link.isOpen)
        }
        #expect((1_000_000..<1_100_000).contains(waiting ?? 0))
        #expect(full.0 == true && full.1 == 1 && full.2)
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

    @Test(
        "the delegate is told once when the server is slow, and once when it is not; obeyed, little more than a MiB waits"
    )
    func pace() async throws {
        let server = try await FakeServer.start()
        let rig = try await LinkRig(port: server.port)
        let peer = try await server.open()
        #expect(await rig.next() == .opened)
        try await peer.channel.setOption(.autoRead, value: false).get()
        let body = String(repeating: "x", count: 9_900)
        try await rig.onLoop { link, recorder in recorder.followPace(of: link) }
        // The delegate stops sending when it is told to.
        let sent = try await rig.sendUntilSlow(body)
        let waiting = try await rig.onLoop { link, _ in link.outboundBytes }
        #expect(waiting > 1_048_576 && waiting < 1_048_576 + 20_000)
        #expect(try await rig.onLoop { _, recorder in recorder.paces } == [true])
        try await peer.channel.setOption(.autoRead, value: true).get()
        for _ in 0..<sent { _ = try await peer.nextElement() }
        // This answer comes after all writes have been accounted for.
        peer.send("<presence from='a@x.test' to='irc.test'/>")
        #expect(await rig.next() != nil)
        #expect(try await rig.onLoop { _, recorder in recorder.paces } == [true, false])
        try await rig.close()
        try await server.stop()
    }

    @Test("bytes that wait in the connection and bytes that this turn has written count together")
    func bothCount() async throws {
        let server = try await FakeServer.start()
        let rig = try await LinkRig(port: server.port)
        let peer = try await server.open()
        #expect(await rig.next() == .opened)
        try await peer.channel.setOption(.autoRead, value: false).get()
        let body = String(repeating: "x", count: 9_900)
        while try await rig.onLoop({ link, _ in try link.outboundBytes < 900_000 && link.send(.chat(body)) }) {}
        let (before, waiting) = try await rig.onLoop { link, _ in
            let before = link.isOutboundSlow
            while !link.isOutboundSlow, link.send(try .chat(body)) {}
            return (before, link.outboundBytes)
        }
        #expect(!before)
        #expect(waiting > 1_048_576 && waiting < 1_048_576 + 20_000)
        try await peer.channel.close()
        #expect(await rig.next() == .closed("the connection broke"))
        try await rig.close()
        try await server.stop()
    }

    @Test("a link that breaks or is closed while the server is slow is not slow any more", arguments: [false, true])
    func slowAndGone(onPurpose: Bool) async throws {
        let server = try await FakeServer.start()
        let rig = try await LinkRig(port: server.port) { $0.timing.close = .milliseconds(20) }
        let peer = try await server.open()
        #expect(await rig.next() == .opened)
        try await peer.channel.setOption(.autoRead, value: false).get()
        try await rig.onLoop { link, recorder in recorder.followPace(of: link) }
        _ = try await rig.sendUntilSlow(String(repeating: "x", count: 10_000))
        if onPurpose {
            try await rig.close()
        } else {
            try await peer.channel.close()
            #expect(await rig.next() == .closed("the connection broke"))
        }
        let (paces, waiting) = try await rig.onLoop { _, recorder in (recorder.paces, recorder.bytesAtClose) }
        #expect(paces == [true, false])
        #expect(waiting == 0)
        if !onPurpose {
            let again = try await server.open()
            #expect(await rig.next() == .opened)
            again.send("<presence from='a@x.test' to='irc.test'/>")
            #expect(await rig.next() != nil, "the new connection is read")
            try await rig.close()
        }
        try await server.stop()
    }

    @Test("when too much waits, send says so at once, and a query gets no answer although the link is open")
    func refusedWhileFull() async throws {
        let server = try await FakeServer.start()
        let rig = try await LinkRig(port: server.port)
        let peer = try await server.open()
        #expect(await rig.next() == .opened)
        try await peer.channel.setOption(.autoRead, value: false).get()
        let body = String(repeating: "x", count: 50_000)
        var waiting: Int?
        while waiting == nil { waiting = try await rig.waitingWhenRefused(body) }
        #expect((8_388_608..<8_388_608 + 101_000).contains(waiting ?? 0))
        let state = rig.loop.makePromise(of: [Bool].self)
        try await rig.onLoop { link, _ in
            let head = StanzaHead(to: try JID("a@x.test"), from: link.settings.address)
            link.query(IQ(head, type: .get, payload: [Ping().element]), deadline: .seconds(60)) { [unowned link] in
                state.succeed([$0 == nil, link.isOpen, link.isOutboundSlow])
            }
        }
        #expect(try await state.futureResult.value() == [true, true, true])
        #expect(try await rig.onLoop { link, _ in link.counters.refusedWhileFull } == 2)
        try await peer.channel.close()
        #expect(await rig.next() == .closed("the connection broke"))
        try await rig.close()
        try await server.stop()
    }
}

extension LinkRig {
    /// Sends one stanza that contains the text twice, as its id too. If the stanza is refused, returns how many bytes
    /// wait in the same turn: in the next turn the kernel may take some.
    fileprivate func waitingWhenRefused(_ body: String) async throws -> Int? {
        try await onLoop { link, _ in try link.send(.chat(body)) ? nil : link.outboundBytes }
    }

    /// Sends until the link reports that the server is slow, and returns the number of stanzas sent.
    fileprivate func sendUntilSlow(_ body: String) async throws -> Int {
        var sent = 0
        // One turn for each stanza, so that bytes that the kernel takes do not count as waiting.
        while try await onLoop({ link, _ in try !link.isOutboundSlow && link.send(.chat(body)) }) { sent += 1 }
        return sent
    }

    /// Runs that many turns of the link's loop.
    fileprivate func roundTrips(_ count: Int) async throws {
        for _ in 0..<count { try await onLoop { _, _ in } }
    }
}
