import Basics
import NIOCore
import Testing
import XML
import XMPP

@testable import ComponentLink

@Suite("Several addresses of the server", .timeLimit(.minutes(1)))
struct FailOverTests {
    private static func endpoint(_ port: Int) -> Endpoint { Endpoint(host: "127.0.0.1", port: port) }

    /// A rig whose first pause is longer than the test.
    private func rig(
        _ first: Int, _ others: [Int], adjust: @escaping @Sendable (inout ComponentSettings) -> Void = { _ in }
    ) async throws -> LinkRig {
        try await LinkRig(port: first) {
            $0.alternatives = others.map(Self.endpoint)
            $0.timing.firstRetry = .seconds(600)
            $0.timing.slowestRetry = .seconds(600)
            $0.timing.close = .milliseconds(20)
            $0.timing.hurry = .seconds(600)
            adjust(&$0)
        }
    }

    /// Ports at which nothing listens, and which the system gives to nobody.
    private static let closedPorts = [1, 2, 3]

    @Test("the next address is tried at once when the first is down, and the log names both")
    func firstIsDown() async throws {
        let down = Self.closedPorts[0]
        let server = try await FakeServer.start()
        let rig = try await rig(down, [server.port])
        _ = try await server.open()
        #expect(await rig.next() == .opened)
        #expect(rig.complaints.count == 1)
        let complaint = try #require(rig.complaints.first)
        #expect(complaint.contains("127.0.0.1:\(down) refuses the connection"))
        #expect(complaint.hasSuffix("; next is 127.0.0.1:\(server.port)"))
        #expect(rig.lines.contains { $0.hasPrefix("connected") && $0.contains("127.0.0.1:\(server.port)") })
        try await rig.close()
        try await server.stop()
    }

    /// The point at which a server falls silent.
    enum Silence: CaseIterable { case beforeTLS, beforeHeader, beforeAnswer }

    @Test(
        "a server that falls silent does not hold up the link: the next address has its turn soon",
        arguments: Silence.allCases)
    func silent(_ silence: Silence) async throws {
        let isDeaf = silence == .beforeTLS
        let (first, second) = (try await FakeServer.start(isDeaf: isDeaf), try await FakeServer.start(isDeaf: isDeaf))
        let rig = try await rig(first.port, [second.port]) {
            // Only the shorter time can end in this test.
            $0.timing.connect = .seconds(600)
            $0.timing.handshake = .seconds(600)
            $0.timing.hurry = .seconds(5)
            if isDeaf { $0.encryption.mode = .direct }
        }
        let peer = try await first.accept()
        if silence == .beforeAnswer {
            try await peer.header()
            _ = try await peer.nextElement()
        }
        if isDeaf {
            _ = try await second.accept()
        } else {
            _ = try await second.open()
            #expect(await rig.next() == .opened)
        }
        #expect(rig.complaints.first?.contains("127.0.0.1:\(first.port)") == true)
        try await rig.close()
        try await first.stop()
        try await second.stop()
    }

    @Test("when a steady stream is lost, the other address is tried at once, and back again at the next loss")
    func loss() async throws {
        let (first, second) = (try await FakeServer.start(), try await FakeServer.start())
        let rig = try await rig(first.port, [second.port]) { $0.timing.steady = .zero }
        for server in [first, second, first] {
            let peer = try await server.open()
            #expect(await rig.next() == .opened)
            try await peer.channel.close()
            #expect(await rig.next() == .closed("the connection broke"))
        }
        _ = try await second.open()
        #expect(await rig.next() == .opened)
        #expect(rig.lines.filter { $0.hasPrefix("connected") }.count == 4)
        try await rig.close()
        try await first.stop()
        try await second.stop()
    }

    @Test("after a round of servers that accept the handshake and hang up comes a pause")
    func hangingUp() async throws {
        let (first, second) = (try await FakeServer.start(), try await FakeServer.start())
        let rig = try await rig(first.port, [second.port]) {
            $0.timing.firstRetry = .milliseconds(1)
            $0.timing.slowestRetry = .milliseconds(1)
        }
        for server in [first, second, first, second] {
            let peer = try await server.open()
            #expect(await rig.next() == .opened)
            peer.send("</stream:stream>")
            #expect(await rig.next() == .closed("the server ended the stream"))
        }
        _ = try await first.open()
        #expect(await rig.next() == .opened)
        let waits = rig.lines.filter { $0.hasPrefix("connecting again") }
        #expect(waits.map { $0.contains("0.0 seconds") } == [true, false, true, false])
        try await rig.close()
        try await first.stop()
        try await second.stop()
    }

    @Test("addresses that are all down are tried round after round, with a pause between, and one complaint each")
    func allDown() async throws {
        let ports = Self.closedPorts
        let rig = try await rig(ports[0], Array(ports.dropFirst())) {
            $0.timing.firstRetry = .milliseconds(1)
            $0.timing.slowestRetry = .milliseconds(1)
        }
        try await rig.attempts(7)
        let dialled = rig.lines.filter { $0.hasPrefix("connecting [") }.prefix(7).compactMap { line in
            line.firstMatch(of: /127\.0\.0\.1:(\d+)/).flatMap { Int($0.output.1) }
        }
        #expect(dialled == [1, 2, 3, 1, 2, 3, 1])
        #expect(rig.complaints.count == 3)
        #expect(rig.complaints.last?.contains("all addresses have failed") == true)
        try await rig.close()
    }

    @Test(
        "a wrong secret or an unknown domain at one address is told with what to do, and the next one is used",
        arguments: [
            ("not-authorized", "gateways.irc.test.secret"), ("host-unknown", "add Component \"irc.test\""),
            ("conflict", "another process uses this domain"),
        ])
    func refusedAtOne(condition: String, advice: String) async throws {
        let (first, second) = (try await FakeServer.start(), try await FakeServer.start())
        let rig = try await rig(first.port, [second.port])
        let peer = try await first.accept()
        try await peer.header()
        _ = try await peer.nextElement()
        peer.streamError(condition)
        _ = try await second.open()
        #expect(await rig.next() == .opened)
        #expect(rig.complaints.count == 1)
        #expect(rig.complaints.first?.contains("127.0.0.1:\(first.port)") == true)
        #expect(rig.complaints.first?.contains(advice) == true)
        try await rig.close()
        try await first.stop()
        try await second.stop()
    }

    @Test("a close during the change of addresses ends it")
    func closedBetween() async throws {
        let (first, second) = (try await FakeServer.start(), try await FakeServer.start())
        let rig = try await rig(first.port, [second.port]) { $0.timing.steady = .zero }
        let peer = try await first.open()
        #expect(await rig.next() == .opened)
        try await rig.onLoop { link, recorder in recorder.onClose = { [unowned link] in link.close {} } }
        try await peer.channel.close()
        #expect(await rig.next() == .closed("the connection broke"))
        #expect(try await rig.onLoop { link, _ in link.machine.state } == .ended)
        try await first.stop()
        try await second.stop()
    }
}
