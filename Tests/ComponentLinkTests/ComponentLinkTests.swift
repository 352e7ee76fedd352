import Foundation
import Glibc
import NIOCore
import Testing
import XML
import XMPP

@testable import ComponentLink
@testable import Networking

@Suite("Component link", .timeLimit(.minutes(1)))
struct ComponentLinkTests {
    private static let message =
        "<message from='alice@example.test/a' to='anna%net@irc.test' type='chat'><body>hi</body></message>"

    /// Knows whether a link still exists.
    private struct Watch: Sendable {
        private struct Weak {
            weak var link: ComponentLink?
        }

        private let weak: NIOLoopBound<Weak>
        private let eventLoop: any EventLoop

        init(_ link: ComponentLink, eventLoop: any EventLoop) {
            weak = NIOLoopBound(Weak(link: link), eventLoop: eventLoop)
            self.eventLoop = eventLoop
        }

        func isGone() async throws -> Bool {
            let weak = weak
            return try await eventLoop.submit { weak.value.link == nil }.get()
        }
    }

    /// In a process of its own, which has few descriptors.
    @Test("the link opens even if connections of users have taken all file descriptors that they may take")
    func opensFromReserve() async {
        await #expect(processExitsWith: .success) {
            let server = try await FakeServer.start()
            // The process has inherited the sockets of the tests that run beside this one.
            let inherited = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
            var limit = rlimit(rlim_cur: UInt(inherited + 120), rlim_max: UInt(inherited + 120))
            #expect(setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
            while OpenFileReserve.isFree { #expect(Glibc.open("/dev/null", O_RDONLY | O_CLOEXEC) >= 0) }
            let rig = try await LinkRig(port: server.port)
            _ = try await server.open()
            #expect(await rig.next() == .opened)
        }
    }

    @Test("the handshake opens the link, stanzas pass both ways, and the turn ends after them")
    func opens() async throws {
        let server = try await FakeServer.start()
        let rig = try await LinkRig(port: server.port)
        let peer = try await server.open()
        #expect(await rig.nextOfAll() == .opened)
        #expect(await rig.nextOfAll() == .turnEnded)
        peer.send(Self.message + Self.message)
        for _ in 0..<2 {
            guard case .stanza(.message(let message))? = await rig.nextOfAll() else {
                Issue.record("expected a message")
                return
            }
            #expect(message.body == "hi" && message.head.from?.description == "alice@example.test/a")
        }
        #expect(await rig.nextOfAll() == .turnEnded)
        let sent = try await rig.onLoop { link, _ in link.send(try .chat("moin")) }
        #expect(sent)
        #expect(try await Stanza(peer.nextElement()) == .chat("moin"))
        try await rig.close()
        try await server.stop()
    }

    @Test("stanzas sent while others come in leave in one write when the turn ends, in order")
    func oneWritePerTurn() async throws {
        let server = try await FakeServer.start()
        let rig = try await LinkRig(port: server.port)
        let peer = try await server.open()
        #expect(await rig.next() == .opened)
        try await rig.onLoop { link, recorder in
            recorder.onStanza = { [weak link] _ in
                link?.send((try? .chat("answer")) ?? .presence(Presence(StanzaHead())))
                #expect(link?.hasUnsentBytes == true)
            }
            recorder.onTurnEnded = { [weak link] in
                guard let link, link.hasUnsentBytes else { return }
                link.send((try? .chat("last")) ?? .presence(Presence(StanzaHead())))
            }
        }
        peer.send(Self.message + Self.message)
        for expected in ["answer", "answer", "last"] {
            #expect(try await Stanza(peer.nextElement()) == .chat(expected))
        }
        let unsent = try await rig.onLoop { link, _ in link.hasUnsentBytes }
        #expect(!unsent)
        try await rig.close()
        try await server.stop()
    }

    @Test("a stanza cut anywhere arrives whole")
    func chunked() async throws {
        let server = try await FakeServer.start()
        let rig = try await LinkRig(port: server.port)
        let peer = try await server.accept()
        guard case .opened? = await peer.next() else {
            Issue.record("expected the header of the component's stream")
            return
        }
        try await peer.trickle(
            "<stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' id='stream-1'>"
        )
        #expect(try await peer.nextElement() == ComponentHandshake(streamID: "stream-1", secret: "harbour").element)
        try await peer.trickle("<handshake/>" + Self.message + " " + Self.message)
        #expect(await rig.next() == .opened)
        for _ in 0..<2 {
            guard case .stanza(.message(let message))? = await rig.next() else {
                Issue.record("expected a message")
                return
            }
            #expect(message.body == "hi")
        }
        try await rig.close()
        try await server.stop()
    }

    @Test("nothing is sent while the link is not open, nor from an address that is not ours")
    func refusesToSend() async throws {
        let server = try await FakeServer.start()
        let rig = try await LinkRig(port: server.port)
        let before = try await rig.onLoop { link, _ in try link.isOpen || link.send(.chat("early")) }
        #expect(!before)
        let peer = try await server.open()
        #expect(await rig.next() == .opened)
        let foreign = try await rig.onLoop { link, _ in
            try link.send(.chat("forged", from: "mallory@example.test")) || link.send(.presence(Presence(StanzaHead())))
        }
        #expect(!foreign)
        try await rig.onLoop { link, _ in link.send(try .chat("own")) }
        #expect(try await Stanza(peer.nextElement()) == .chat("own"))
        try await rig.close()
        try await server.stop()
    }

    @Test("a close ends the stream after all that was sent, waits for the server's end, and does not come back")
    func closes() async throws {
        let server = try await FakeServer.start()
        let rig = try await LinkRig(port: server.port) { $0.timing.close = .seconds(30) }
        let peer = try await server.open()
        #expect(await rig.next() == .opened)
        let done = rig.loop.makePromise(of: Void.self)
        try await rig.onLoop { link, _ in
            link.send(try .chat("last"))
            link.close { done.succeed() }
            #expect(try !link.isOpen && !link.send(.chat("too late")))
        }
        #expect(try await Stanza(peer.nextElement()) == .chat("last"))
        #expect(await peer.next() == .closed)
        peer.send(Self.message)
        guard case .stanza? = await rig.next() else {
            Issue.record("what was on its way is still handed over")
            return
        }
        peer.send("</stream:stream>")
        try await done.futureResult.value()
        #expect(await rig.next() == .closed("closed by us"))
        #expect(await peer.next() == nil)
        #expect(rig.complaints.isEmpty)
        try await server.stop()
    }

    @Test("a server that does not end its stream is left after the time given")
    func closesAlone() async throws {
        let server = try await FakeServer.start()
        let rig = try await LinkRig(port: server.port) { $0.timing.close = .milliseconds(20) }
        let peer = try await server.open()
        #expect(await rig.next() == .opened)
        try await rig.close()
        #expect(await peer.next() == .closed)
        #expect(await peer.next() == nil)
        try await server.stop()
    }

    @Test("a link that was closed is let go of, whatever it was waiting for")
    func letGo() async throws {
        let server = try await FakeServer.start()
        let rig = try await LinkRig(port: server.port)
        let peer = try await server.open()
        #expect(await rig.next() == .opened)
        try await rig.onLoop { link, _ in
            let head = StanzaHead(to: try JID("alice@example.test"), from: try JID("irc.test"))
            link.query(IQ(head, type: .get, payload: [Ping().element]), deadline: .seconds(3600)) { _ in }
        }
        peer.send("</stream:stream>")
        #expect(await rig.next() == .closed("the server ended the stream"))
        _ = try await server.open()
        #expect(await rig.next() == .opened)
        let watch = try await rig.onLoop { link, _ in Watch(link, eventLoop: link.eventLoop) }
        let leftovers = try await rig.onLoop { link, _ in link.queries.count }
        #expect(leftovers == 0)
        try await rig.close()
        try await rig.release()
        #expect(try await watch.isGone())
        try await server.stop()
    }

    @Test("a link that is not open closes at once, twice if asked")
    func closesUnopened() async throws {
        let server = try await FakeServer.start()
        let port = server.port
        try await server.stop()
        let rig = try await LinkRig(port: port) {
            $0.timing.firstRetry = .seconds(3600)
            $0.timing.slowestRetry = .seconds(3600)
        }
        try await rig.close()
        try await rig.close()
    }
}
