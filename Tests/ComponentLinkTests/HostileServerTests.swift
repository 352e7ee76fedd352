import Basics
import Glibc
import InMemoryLogging
import Logging
import NIOCore
import Networking
import Testing
import XML
import XMPP

@testable import ComponentLink

@Suite("A server that is broken, or means harm", .timeLimit(.minutes(1)))
struct HostileServerTests {
    @Test("a server that takes each handshake and hangs up is tried ever more rarely, and reported once")
    func hangsUpInALoop() async throws {
        let server = try await FakeServer.start()
        let rig = try await LinkRig(port: server.port) { $0.timing.slowestRetry = .milliseconds(256) }
        for _ in 0..<6 {
            let peer = try await server.open()
            #expect(await rig.next() == .opened)
            peer.send("</stream:stream>")
            #expect(await rig.next() == .closed("the server ended the stream"))
        }
        // The wait: 2 ms, doubled five times, less the jitter.
        let next = try await rig.onLoop { link, _ in link.backoff.next(random: &link.random) }
        #expect(next >= .milliseconds(64))
        #expect(rig.complaints.count == 1)
        #expect(rig.log.entries.filter { $0.level == .info }.count == 2, "connected at first, and after the complaint")
        try await rig.close()
        try await server.stop()
    }

    @Test(
        "every stream error is answered with our end of the stream, told in one line, and outlived",
        arguments: [
            "bad-format", "bad-namespace-prefix", "connection-timeout", "host-gone", "improper-addressing",
            "internal-server-error", "invalid-from", "invalid-xml", "not-well-formed", "policy-violation",
            "remote-connection-failed", "reset", "resource-constraint", "restricted-xml", "see-other-host",
            "system-shutdown", "undefined-condition", "unsupported-encoding", "unsupported-feature",
            "unsupported-stanza-type", "unsupported-version", "no-such-condition",
        ])
    func streamErrors(condition: String) async throws {
        let server = try await FakeServer.start()
        let rig = try await LinkRig(port: server.port)
        let peer = try await server.open()
        #expect(await rig.next() == .opened)
        peer.streamError(condition)
        guard case .closed? = await rig.next() else {
            Issue.record("expected the link to be lost")
            return
        }
        #expect(await peer.next() == .closed)
        _ = try await server.open()
        #expect(await rig.next() == .opened)
        #expect(rig.complaints.count == 1)
        try await rig.close()
        try await server.stop()
    }

    @Test(
        "a header that opens no stream for the component is refused at once, in words",
        arguments: [
            ("jabber:component:accept", "from='irc.test'", "its stream has no id"),
            ("jabber:component:accept", "from='irc.test' id=''", "its stream has no id"),
            ("jabber:client", "from='irc.test' id='a'", "its stream is for the namespace 'jabber:client'"),
            ("jabber:server", "id='a'", "its stream is for the namespace 'jabber:server'"),
            (
                "jabber:component:accept", "from='evil.test' id='a'",
                "answers for 'evil.test' and not for irc.test"
            ),
        ])
    func unusableHeader(namespace: String, attributes: String, words: String) async throws {
        let server = try await FakeServer.start()
        let rig = try await LinkRig(port: server.port) { $0.timing.streamError = .milliseconds(1) }
        let peer = try await server.accept()
        guard case .opened? = await peer.next() else {
            Issue.record("expected the header of the component")
            return
        }
        peer.send(
            "<stream:stream xmlns='\(namespace)' xmlns:stream='http://etherx.jabber.org/streams' \(attributes)>")
        #expect(await peer.next() == .closed, "no handshake is sent")
        peer.channel.close(promise: nil)
        _ = try await server.open()
        #expect(await rig.next() == .opened)
        #expect(rig.complaints.count == 1 && rig.complaints[0].contains(words))
        try await rig.close()
        try await server.stop()
    }

    @Test("the stream error behind a header without an id tells more than the header")
    func errorBehindHeader() async throws {
        let server = try await FakeServer.start()
        let rig = try await LinkRig(port: server.port) { $0.timing.streamError = .seconds(30) }
        let peer = try await server.accept()
        try await peer.header(id: "")
        peer.streamError("host-unknown")
        #expect(await peer.next() == .closed)
        peer.channel.close(promise: nil)
        _ = try await server.open()
        #expect(await rig.next() == .opened)
        #expect(rig.complaints.count == 1 && rig.complaints[0].contains("has no component irc.test"))
        try await rig.close()
        try await server.stop()
    }

    @Test("a header within the stream ends the stream at once, and swallows nothing")
    func nestedStream() async throws {
        let server = try await FakeServer.start()
        let rig = try await LinkRig(port: server.port)
        let peer = try await server.open()
        #expect(await rig.next() == .opened)
        peer.send("<presence from='a@x.test' to='irc.test'/><stream:stream to='irc.test'>")
        guard case .stanza(.presence)? = await rig.next() else {
            Issue.record("expected the presence before the header")
            return
        }
        #expect(await rig.next() == .closed("the server sent bad XML (bad-format)"))
        try await rig.close()
        try await server.stop()
    }

    @Test("malformed XML costs the stream alone: earlier stanzas are handed over, pending queries are answered")
    func malformedXML() async throws {
        let server = try await FakeServer.start()
        let rig = try await LinkRig(port: server.port)
        let peer = try await server.open()
        #expect(await rig.next() == .opened)
        let answers = Answers()
        try await rig.onLoop { link, _ in try answers.ask(link) }
        for _ in 0..<2 { _ = try await peer.nextElement() }
        peer.send(
            "<presence from='a@x.test' to='irc.test'/><message from='b@x.test'><body>&nbsp;<presence from='c@x.test'/>")
        guard case .stanza(.presence)? = await rig.next() else {
            Issue.record("expected the presence before the error")
            return
        }
        #expect(await rig.next() == .closed("the server sent bad XML (restricted-xml)"))
        #expect(try await rig.onLoop { _, _ in answers.seen } == ["query nil, open: false", "fence false"])
        let error = try await peer.nextElement()
        #expect(error.name == "error" && error.elements.first?.name == "restricted-xml")
        #expect(await peer.next() == .closed)
        peer.channel.close(promise: nil)
        try await rig.expectOneStanza(on: server)
        try await server.stop()
    }

    @Test("the sender of malformed XML is named, each time, on one line")
    func malformedXMLIsTold() async throws {
        let server = try await FakeServer.start()
        let rig = try await LinkRig(port: server.port)
        for _ in 0..<3 {
            let peer = try await server.open()
            #expect(await rig.next() == .opened)
            peer.send("<message from='mallory@x.test/a\n b' to='irc.test'><body></message>")
            #expect(await rig.next() == .closed("the server sent bad XML (not-well-formed)"))
            peer.channel.close(promise: nil)
        }
        #expect(rig.complaints.count == 3)
        for line in rig.complaints {
            #expect(line.contains("mallory@x.test/a  b") && line.contains("not-well-formed") && !line.contains("\n"))
        }
        try await rig.close()
        try await server.stop()
    }

    @Test("a reset in the middle of a stanza loses that stanza alone, and pending queries are answered")
    func reset() async throws {
        let server = try await FakeServer.start()
        let rig = try await LinkRig(port: server.port)
        let peer = try await server.open()
        #expect(await rig.next() == .opened)
        let answers = Answers()
        try await rig.onLoop { link, _ in try answers.ask(link) }
        for _ in 0..<2 { _ = try await peer.nextElement() }
        try await peer.send("<presence from='a@x.test' to='irc.test'/><message from='b@x.test'><body>half").get()
        guard case .stanza(.presence)? = await rig.next() else {
            Issue.record("expected the presence before the reset")
            return
        }
        let socket = try #require(peer.channel as? any SocketOptionProvider)
        try await socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        try await peer.channel.close()
        #expect(await rig.next() == .closed("the connection broke"))
        #expect(try await rig.onLoop { _, _ in answers.seen } == ["query nil, open: false", "fence false"])
        try await rig.expectOneStanza(on: server)
        try await server.stop()
    }

    @Test("a server that shuts down its side without a word counts as gone")
    func halfClosed() async throws {
        let server = try await FakeServer.start()
        let rig = try await LinkRig(port: server.port)
        let peer = try await server.open()
        #expect(await rig.next() == .opened)
        try await peer.channel.close(mode: .output)
        #expect(await rig.next() == .closed("the connection broke"))
        try await rig.expectOneStanza(on: server)
        try await server.stop()
    }

    @Test("5 MB and 1,000 levels are refused to their senders; all before, between and behind arrive")
    func enormousStanzas() async throws {
        let server = try await FakeServer.start()
        let rig = try await LinkRig(port: server.port)
        let peer = try await server.open()
        #expect(await rig.next() == .opened)
        func small(_ id: String) -> String {
            "<message from='ok@x.test' to='irc.test' id='\(id)'><body>\(id)</body></message>"
        }
        let large = String(repeating: "x", count: 5_000_000)
        let deep = String(repeating: "<d>", count: 1000) + String(repeating: "</d>", count: 1000)
        peer.send(
            small("1") + "<message from='bad@x.test/r' to='#c%n@irc.test' id='large'><body>\(large)</body></message>"
                + small("2") + "<iq type='set' from='bad@x.test/r' to='#c%n@irc.test' id='deep'>\(deep)</iq>"
                + small("3"))
        for id in ["1", "2", "3"] {
            guard case .stanza(let stanza)? = await rig.next() else {
                Issue.record("stanza \(id) is missing")
                return
            }
            #expect(stanza.head.id == id)
        }
        for id in ["large", "deep"] {
            let answer = try Stanza(try await peer.nextElement())
            #expect(answer.head.id == id && answer.head.to?.description == "bad@x.test/r")
            #expect(answer.element[attribute: "type"] == "error")
        }
        try await rig.close()
        try await server.stop()
    }

    @Test("results without a query are counted, and nothing is kept of them")
    func resultFlood() async throws {
        let server = try await FakeServer.start()
        let rig = try await LinkRig(port: server.port)
        let peer = try await server.open()
        #expect(await rig.next() == .opened)
        let flood = (0..<10_000).map {
            "<iq type='\($0 % 2 == 0 ? "result" : "error")' from='a\($0)@x.test' to='irc.test' id='\($0)'/>"
        }
        peer.send(flood.joined() + "<presence from='a@x.test' to='irc.test'/>")
        guard case .stanza(.presence)? = await rig.next() else {
            Issue.record("expected the presence")
            return
        }
        let (counters, waiting) = try await rig.onLoop { link, _ in (link.counters, link.queries.count) }
        #expect(counters.unexpectedResults == 10_000 && counters.received == 1 && waiting == 0)
        try await rig.close()
        try await server.stop()
    }

    @Test("names that never come twice do not slow the stream down, nor end it")
    func manyNames() async throws {
        let server = try await FakeServer.start()
        let rig = try await LinkRig(port: server.port)
        let peer = try await server.open()
        #expect(await rig.next() == .opened)
        let count = 600
        for start in stride(from: 0, to: count, by: 100) {
            let stanzas = (start..<start + 100).map { number in
                let children = (0..<50).map { "<n\(number)-\($0) xmlns='urn:x:\(number):\($0)'/>" }.joined()
                return "<message from='a@x.test' to='irc.test'>\(children)</message>"
            }
            peer.send(stanzas.joined())
        }
        for _ in 0..<count {
            guard case .stanza(.message(let message))? = await rig.next(), message.payload.count == 50 else {
                Issue.record("a stanza is missing")
                return
            }
        }
        try await rig.close()
        try await server.stop()
    }

    @Test(
        "an answer to the handshake that is none is not taken for one",
        arguments: ["<handshake xmlns='urn:other'/>", "<handshaken/>", "<message><handshake/></message>", "<success/>"])
    func wrongHandshake(answer: String) async throws {
        let server = try await FakeServer.start()
        let rig = try await LinkRig(port: server.port)
        let peer = try await server.accept()
        try await peer.header()
        _ = try await peer.nextElement()
        peer.send(answer + "</stream:stream>")
        #expect(await peer.next() == .closed)
        // If the link took this answer, it would first report that it has opened, and then that it has closed.
        try await rig.expectOneStanza(on: server)
        #expect(rig.complaints.count == 1)
        try await server.stop()
    }
}

/// A query and a fence under way, and their outcomes. Used on the link's loop only.
private final class Answers: @unchecked Sendable {
    var seen: [String] = []

    func ask(_ link: ComponentLink) throws {
        let head = StanzaHead(to: try JID("x.test"), from: link.settings.address, id: "q")
        link.query(IQ(head, type: .get, payload: [Ping().element]), deadline: .seconds(60)) { [unowned link] answer in
            self.seen.append("query \(answer == nil ? "nil" : "answered"), open: \(link.isOpen)")
        }
        link.fence { self.seen.append("fence \($0)") }
    }
}

extension LinkRig {
    /// Expects that the link comes back and that stanzas pass; then closes it.
    fileprivate func expectOneStanza(on server: FakeServer) async throws {
        let peer = try await server.open()
        #expect(await next() == .opened)
        peer.send("<presence from='again@x.test' to='irc.test'/>")
        guard case .stanza(let stanza)? = await next(), stanza.head.from?.description == "again@x.test" else {
            Issue.record("expected the presence of the new stream")
            return
        }
        try await close()
    }
}
