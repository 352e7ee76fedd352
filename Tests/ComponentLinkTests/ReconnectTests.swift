import NIOCore
import Testing
import XML
import XMPP

@testable import ComponentLink

@Suite("Reconnecting", .timeLimit(.minutes(1)))
struct ReconnectTests {
    @Test("a stream that the server ends is answered, reported, and opened again")
    func serverEnds() async throws {
        let server = try await FakeServer.start()
        let rig = try await LinkRig(port: server.port)
        let first = try await server.open()
        #expect(await rig.next() == .opened)
        first.send("</stream:stream>")
        #expect(await rig.next() == .closed("the server ended the stream"))
        #expect(await first.next() == .closed)
        #expect(await first.next() == nil)
        _ = try await server.open()
        #expect(await rig.next() == .opened)
        let opened = try await rig.onLoop { link, _ in link.counters.opened }
        #expect(opened == 2)
        try await rig.close()
        try await server.stop()
    }

    @Test("a connection that breaks in mid-stanza leaves nothing behind for the next one")
    func breaks() async throws {
        let server = try await FakeServer.start()
        let rig = try await LinkRig(port: server.port)
        let first = try await server.open()
        #expect(await rig.next() == .opened)
        first.send("<message from='a@example.test' to='irc.test'><body>half")
        try await first.channel.close()
        #expect(await rig.next() == .closed("the connection broke"))
        let second = try await server.open()
        #expect(await rig.next() == .opened)
        second.send("<presence from='a@example.test' to='irc.test'/>")
        guard case .stanza(.presence)? = await rig.next() else {
            Issue.record("expected the presence of the new stream")
            return
        }
        try await rig.close()
        try await server.stop()
    }

    @Test("a server that is down is tried until it is there, with one complaint")
    func waitsForServer() async throws {
        let down = try await FakeServer.start()
        let port = down.port
        try await down.stop()
        let rig = try await LinkRig(port: port)
        try await rig.attempts(5)
        let server = try await FakeServer.start(port: port)
        _ = try await server.open()
        #expect(await rig.next() == .opened)
        #expect(rig.complaints.count == 1)
        #expect(rig.complaints.first?.contains("refuses the connection") == true)
        try await rig.close()
        try await server.stop()
    }

    @Test(
        "a refused handshake is reported once with the settings to look at, and tried again",
        arguments: [
            ("not-authorized", "gateways.irc.test.secret"), ("conflict", "connected to"),
            ("host-unknown", "Component \"irc.test\""), ("invalid-namespace", "takes no components"),
        ])
    func refused(condition: String, hint: String) async throws {
        let server = try await FakeServer.start()
        let rig = try await LinkRig(port: server.port)
        for _ in 0..<3 {
            let peer = try await server.accept()
            try await peer.header()
            _ = try await peer.nextElement()
            peer.streamError(condition)
            #expect(await peer.next() == .closed)
            #expect(await peer.next() == nil)
        }
        _ = try await server.open()
        #expect(await rig.next() == .opened, "a link that never opened is not reported as closed")
        #expect(rig.complaints.count == 1)
        #expect(rig.complaints.first?.contains(hint) == true)
        #expect(rig.lines.allSatisfy { !$0.contains("harbour") })
        try await rig.close()
        try await server.stop()
    }

    @Test("a link that was open is reported as closed once, however often it fails to open again")
    func closedOnce() async throws {
        let server = try await FakeServer.start()
        let rig = try await LinkRig(port: server.port)
        let first = try await server.open()
        #expect(await rig.next() == .opened)
        first.send("</stream:stream>")
        #expect(await rig.next() == .closed("the server ended the stream"))
        for _ in 0..<2 {
            let peer = try await server.accept()
            try await peer.header()
            _ = try await peer.nextElement()
            peer.streamError("conflict")
            #expect(await peer.next() == .closed)
            #expect(await peer.next() == nil)
        }
        _ = try await server.open()
        #expect(await rig.next() == .opened)
        try await rig.close()
        try await server.stop()
    }

    @Test("an error behind a header without id, as servers send for unknown hosts, is understood")
    func unknownHost() async throws {
        let server = try await FakeServer.start()
        let rig = try await LinkRig(port: server.port)
        let peer = try await server.accept()
        try await peer.header(id: "")
        peer.streamError("host-unknown")
        #expect(await peer.next() == .closed)
        _ = try await server.open()
        #expect(await rig.next() == .opened)
        #expect(rig.complaints.first?.contains("has no component irc.test") == true)
        try await rig.close()
        try await server.stop()
    }

    @Test("a server that says nothing after the handshake is given up after the deadline")
    func silent() async throws {
        let server = try await FakeServer.start()
        let rig = try await LinkRig(port: server.port) { $0.timing.handshake = .milliseconds(30) }
        let peer = try await server.accept()
        while await peer.next() != nil {}
        try await rig.handleEnd()
        #expect(rig.complaints.first?.contains("did not answer the handshake") == true)
        try await rig.close()
        try await server.stop()
    }

    @Test(
        "a port that speaks something else is called by its name",
        arguments: ["HTTP/1.1 400 Bad Request\r\n\r\n", "<html xmlns='http://www.w3.org/1999/xhtml'>"])
    func notXMPP(answer: String) async throws {
        let server = try await FakeServer.start()
        let rig = try await LinkRig(port: server.port) { $0.timing.close = .milliseconds(10) }
        let peer = try await server.accept()
        peer.send(answer)
        while await peer.next() != nil {}
        try await rig.handleEnd()
        #expect(rig.complaints.first?.contains("takes no components") == true)
        try await rig.close()
        try await server.stop()
    }

    @Test(
        "bad XML is answered with its stream error and the stream opened again",
        arguments: [
            ("<message></presence>", "not-well-formed"), ("<message>&#0;</message>", "not-well-formed"),
            ("<!-- hello -->", "restricted-xml"), ("stray text<message/>", "bad-format"),
        ])
    func badXML(text: String, condition: String) async throws {
        let server = try await FakeServer.start()
        let rig = try await LinkRig(port: server.port)
        let peer = try await server.open()
        #expect(await rig.next() == .opened)
        peer.send(text)
        #expect(await rig.next() == .closed("the server sent bad XML (\(condition))"))
        let error = try await peer.nextElement()
        #expect(error.name == "error" && error.namespace == "http://etherx.jabber.org/streams")
        #expect(error.elements.first == Element(condition, namespace: "urn:ietf:params:xml:ns:xmpp-streams"))
        #expect(await peer.next() == .closed)
        peer.send("</stream:stream>")
        do {
            try await peer.channel.close()
        } catch ChannelError.alreadyClosed {
            // The other side was faster.
        }
        _ = try await server.open()
        #expect(await rig.next() == .opened)
        try await rig.close()
        try await server.stop()
    }

    @Test("the server's words are logged short and on one line")
    func serverWords() async throws {
        let server = try await FakeServer.start()
        let rig = try await LinkRig(port: server.port)
        let peer = try await server.open()
        #expect(await rig.next() == .opened)
        peer.send(
            "<stream:error><system-shutdown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"
                + "<text xmlns='urn:ietf:params:xml:ns:xmpp-streams'>back\n&#13;soon\(String(repeating: "!", count: 999))"
                + "</text></stream:error>")
        let reason = try #require(await rig.next()?.reasonOfClosing)
        #expect(reason.hasPrefix("system-shutdown, back  soon!"))
        #expect(reason.count < 250)
        try await rig.close()
        try await server.stop()
    }

    @Test("a delegate that closes the link when it breaks is obeyed")
    func closesOnLoss() async throws {
        let server = try await FakeServer.start()
        let rig = try await LinkRig(port: server.port)
        let peer = try await server.open()
        #expect(await rig.next() == .opened)
        let done = rig.loop.makePromise(of: Void.self)
        try await rig.onLoop { link, recorder in
            recorder.onClose = { [weak link] in link?.close { done.succeed() } }
        }
        try await peer.channel.close()
        try await done.futureResult.value()
        let state = try await rig.onLoop { link, _ in link.machine.state }
        #expect(state == .ended)
        try await server.stop()
    }

    @Test("after a reconnect a quiet server is asked for a sign of life as before, again and again")
    func secondLife() async throws {
        let server = try await FakeServer.start()
        let rig = try await LinkRig(port: server.port) { $0.timing.keepalive = .milliseconds(10) }
        for _ in 1...3 {
            let peer = try await server.open()
            #expect(await rig.next() == .opened)
            for _ in 1...2 {
                let ping = try await peer.nextElement()
                #expect(ping.first("ping", namespace: Ping.namespace) != nil)
                peer.bounce(ping)
            }
            peer.send("</stream:stream>")
            #expect(await rig.next() == .closed("the server ended the stream"))
        }
        _ = try await server.open()
        #expect(await rig.next() == .opened)
        try await rig.close()
        try await server.stop()
    }

    @Test("a quiet server that answers a ping is kept; one that does not gets whitespace and is left")
    func dead() async throws {
        let server = try await FakeServer.start()
        let rig = try await LinkRig(port: server.port)
        let peer = try await server.open()
        #expect(await rig.next() == .opened)
        try await rig.tick(in: 61)
        let ping = try await peer.nextElement()
        #expect(ping.first("ping", namespace: Ping.namespace) != nil)
        peer.bounce(ping)
        peer.send("<presence from='a@x.test' to='irc.test'/>")
        #expect(await rig.next()?.isPresence == true)
        // Now the clock of the link starts over; the next ping shows it.
        let begin = try await rig.onLoop { link, _ in link.eventLoop.now }
        try await rig.tick(in: 61)
        let second = try await peer.nextElement()
        #expect(second.first("ping", namespace: Ping.namespace) != nil && second != ping)
        for seconds in [121, 181, 240] { try await rig.tick(in: seconds, from: begin) }
        let isOpen = try await rig.onLoop { link, _ in link.isOpen }
        #expect(isOpen)
        try await rig.tick(in: 242)
        #expect(await rig.next() == .closed("the server does not answer any more"))
        #expect(await peer.next() == nil)
        try await rig.close()
        try await server.stop()
    }
}

extension LinkRig {
    /// Ticks as if that many seconds had passed.
    func tick(in seconds: Int, from begin: NIODeadline? = nil) async throws {
        try await onLoop { link, _ in link.tick((begin ?? link.eventLoop.now) + .seconds(Int64(seconds))) }
    }

    /// Waits until that many attempts to connect have failed.
    func attempts(_ count: Int) async throws {
        while try await onLoop({ link, _ in link.machine.state == .open }) == false {
            if lines.filter({ $0.hasPrefix("connecting [\"") }).count > count { return }
        }
    }
}
