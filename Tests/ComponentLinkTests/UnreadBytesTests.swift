import NIOCore
import Testing
import XML
import XMPP

@testable import ComponentLink

@Suite("Stanzas of one read that have to wait", .timeLimit(.minutes(1)))
struct UnreadBytesTests {
    private static func presences(_ ids: Range<Int>) -> String {
        ids.map { "<presence from='a@x.test' to='irc.test' id='\($0)'/>" }.joined()
    }

    /// The ids of the next stanzas that the delegate gets.
    private func ids(_ count: Int, from rig: LinkRig) async -> [String?] {
        var ids: [String?] = []
        for _ in 0..<count {
            guard case .stanza(let stanza)? = await rig.next() else { break }
            ids.append(stanza.head.id)
        }
        return ids
    }

    @Test("while the server takes no answers no stanza is handed over, even if it has been read")
    func answers() async throws {
        let server = try await FakeServer.start()
        let rig = try await LinkRig(port: server.port) { $0.slowOutboundBytes = 300_000 }
        let peer = try await server.open()
        #expect(await rig.next() == .opened)
        try await peer.channel.setOption(.autoRead, value: false).get()
        let seen = try await rig.onLoop { link, _ in NIOLoopBound(Seen(), eventLoop: link.eventLoop) }
        let body = String(repeating: "x", count: 50_000)
        try await rig.onLoop { link, recorder in
            recorder.onStanza = { [unowned link] stanza in
                let seen = seen.value
                seen.whileSlow += link.isOutboundSlow ? 1 : 0
                seen.isSent = (try? link.send(.chat(body + (stanza.head.id ?? "")))) == true && seen.isSent
                seen.mostWaiting = max(seen.mostWaiting, link.outboundBytes)
            }
        }
        // One read delivers all of them. Their answers are more than the kernel takes.
        let count = 300
        peer.send(Self.presences(0..<count))
        while try await !rig.onLoop({ link, _ in link.isOutboundSlow && !link.unread.isEmpty && !link.isInTurn }) {}
        for _ in 0..<20 { try await rig.onLoop { _, _ in } }
        let stopped = try await rig.onLoop { link, _ in (link.counters.received, link.unread.count) }
        #expect(stopped.0 < count && stopped.1 > 0)
        try await peer.channel.setOption(.autoRead, value: true).get()
        for id in 0..<count { #expect(try await peer.nextElement()[attribute: "id"] == body + "\(id)") }
        #expect(await ids(count, from: rig) == (0..<count).map { "\($0)" })
        let (end, isPaused) = try await rig.onLoop { link, _ in
            ([seen.value.whileSlow, link.counters.refusedWhileFull, link.unread.count], link.handler?.isPaused)
        }
        #expect(end == [0, 0, 0] && isPaused == false)
        #expect(try await rig.onLoop { _, _ in seen.value.isSent && seen.value.mostWaiting < 300_000 + 101_000 })
        try await rig.close()
        try await server.stop()
    }

    @Test("a delegate that pauses gets no further stanza, and each portion is a turn of its own")
    func portions() async throws {
        let server = try await FakeServer.start()
        let rig = try await LinkRig(port: server.port)
        let peer = try await server.open()
        #expect(await rig.next() == .opened)
        try await rig.onLoop { link, recorder in
            recorder.onStanza = { [unowned link] stanza in
                if let id = stanza.head.id, Int(id).map({ $0 % 3 == 2 }) == true { link.pauseReading() }
            }
        }
        while await rig.nextOfAll() != .turnEnded {}
        peer.send(Self.presences(0..<9))
        for portion in 0..<3 {
            #expect(await ids(3, from: rig) == (0..<3).map { "\(portion * 3 + $0)" })
            #expect(await rig.nextOfAll() == .turnEnded)
            try await rig.onLoop { link, _ in
                #expect(link.counters.received == portion * 3 + 3)
                link.resumeReading()
                // Not before the delegate's call of `resumeReading` has returned.
                #expect(link.counters.received == portion * 3 + 3)
            }
        }
        peer.send(Self.presences(9..<10))
        #expect(await ids(1, from: rig) == ["9"])
        try await rig.close()
        try await server.stop()
    }

    @Test("bytes that the channel delivers after a pause come behind the waiting ones")
    func order() async throws {
        let server = try await FakeServer.start()
        let rig = try await LinkRig(port: server.port)
        let peer = try await server.open()
        #expect(await rig.next() == .opened)
        try await rig.onLoop { link, _ in
            let handler = try #require(link.handler)
            link.pauseReading()
            let text = Self.presences(0..<30)
            for start in stride(from: 0, to: text.utf8.count, by: 37) {
                link.receivedBytes(ByteBuffer(string: String(text.dropFirst(start).prefix(37))), from: handler)
            }
            link.turnEnded(from: handler)
            #expect(link.counters.received == 0 && link.unread.count == text.utf8.count)
            link.resumeReading()
        }
        #expect(await ids(30, from: rig) == (0..<30).map { "\($0)" })
        peer.send(Self.presences(30..<31))
        #expect(await ids(1, from: rig) == ["30"])
        try await rig.close()
        try await server.stop()
    }

    @Test(
        "an end of the stream, or an error, is seen behind the waiting stanzas and not before",
        arguments: [
            ("</stream:stream>", "the server ended the stream"),
            ("<a></b>", "the server sent bad XML (not-well-formed)"),
            (
                "<stream:error><reset xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>",
                "reset"
            ),
        ])
    func ends(text: String, reason: String) async throws {
        let server = try await FakeServer.start()
        let rig = try await LinkRig(port: server.port)
        let peer = try await server.open()
        #expect(await rig.next() == .opened)
        try await rig.onLoop { link, recorder in
            recorder.onStanza = { [unowned link] stanza in
                if stanza.head.id == "0" { link.pauseReading() }
            }
        }
        peer.send(Self.presences(0..<3) + text)
        #expect(await ids(1, from: rig) == ["0"])
        for _ in 0..<20 { try await rig.onLoop { _, _ in } }
        #expect(try await rig.onLoop { link, _ in link.isOpen })
        try await rig.onLoop { link, _ in link.resumeReading() }
        #expect(await ids(2, from: rig) == ["1", "2"])
        #expect(await rig.next() == .closed(reason))
        try await rig.close()
        try await server.stop()
    }

    @Test("a connection that breaks, or is closed, loses no stanza that has been read", arguments: [false, true])
    func closes(onPurpose: Bool) async throws {
        let server = try await FakeServer.start()
        let rig = try await LinkRig(port: server.port) { $0.timing.close = .milliseconds(20) }
        let peer = try await server.open()
        #expect(await rig.next() == .opened)
        try await rig.onLoop { link, recorder in
            recorder.onStanza = { [unowned link] stanza in
                if stanza.head.id == "0" { link.pauseReading() }
            }
        }
        peer.send(Self.presences(0..<5))
        #expect(await ids(1, from: rig) == ["0"])
        if onPurpose {
            try await rig.close()
        } else {
            try await peer.channel.close()
        }
        #expect(await ids(4, from: rig) == ["1", "2", "3", "4"])
        // Their turn ends while the link may still send answers.
        #expect(await rig.nextOfAll() == .turnEnded)
        if onPurpose {
            #expect(await rig.next() == .closed("closed by us"))
        } else {
            #expect(await rig.next() == .closed("the connection broke"))
            try await rig.close()
        }
        #expect(try await rig.onLoop { link, _ in link.unread.isEmpty })
        try await server.stop()
    }
}

/// Counts a delegate's observations while the server takes no answers.
private final class Seen {
    var whileSlow = 0
    var mostWaiting = 0
    var isSent = true
}
