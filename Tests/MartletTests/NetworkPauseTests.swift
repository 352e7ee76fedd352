import ComponentLink
import GatewayCore
import GatewayKit
import NIOCore
import TemplateAdapter
import Testing
import XML
import XMPP

@testable import martlet

/// An adapter whose sessions accept every request, and record the calls of pause and resume.
private final class QuietAdapter: Adapter {
    let rules: any NetworkRules
    private(set) var sessions: [QuietSession] = []

    init(rules: any NetworkRules) { self.rules = rules }

    func open(_ account: Account, events: EventSink) -> any AdapterSession {
        let session = QuietSession(account.id, events)
        sessions.append(session)
        return session
    }
}

private final class QuietSession: AdapterSession {
    let account: AccountID
    let events: EventSink
    private(set) var calls: [String] = []

    init(_ account: AccountID, _ events: EventSink) {
        self.account = account
        self.events = events
        CapabilityTable(rooms: Capabilities([.text: .full])).announce(to: events)
    }

    func perform(_ request: Request) {
        guard case .join(let room, _) = request.action else {
            return events.emit(.outcome(request.id, .accepted(as: nil)))
        }
        let own = Occupant(nick: "me", rank: .none, address: PeerAddress(network: room.network, name: "me"))
        events.emit(.room(room, .joined(JoinedRoom(nick: "me", occupants: [own], topic: nil))))
        events.emit(.outcome(request.id, .accepted(as: nil)))
    }

    func say(_ count: Int) {
        let room = RoomAddress(network: account.network, name: "#lobby")
        for number in 0..<count {
            events.emit(.message(InboundMessage(from: .room(room, nick: "x"), text: "\(number)")))
        }
    }

    func pause() { calls.append("pause") }
    func resume() { calls.append("resume") }
    func close(reason: String, done: @escaping () -> Void) { done() }
}

@Suite("Back-pressure on networks", .timeLimit(.minutes(1)))
struct NetworkPauseTests {
    private func enter(_ end: ServerEnd, _ user: String) async throws {
        end.send(
            "<presence from='\(user)@home.test/a' to='#lobby@gw.test/me'><x xmlns='http://jabber.org/protocol/muc'/></presence>"
        )
        _ = try await end.next("message") { $0.first("subject", namespace: Stanza.namespace) != nil }
    }

    /// Lets the gateway answer four pings, so that it has received all fences that were under way, and those after them.
    private func proveAll(_ end: ServerEnd) async throws {
        for id in ["p1", "p2", "p3", "p4"] {
            end.send("<iq type='get' id='\(id)' from='bea@home.test/a' to='gw.test'><ping xmlns='urn:xmpp:ping'/></iq>")
            _ = try await end.next("iq") { $0[attribute: "id"] == id }
        }
    }

    private static func sessions(_ loop: GatewayLoop) -> [QuietSession] {
        (loop.adapter as? QuietAdapter)?.sessions ?? []
    }

    @Test("a flood for one user pauses only that user's network, until the server has taken the flood")
    func flood() async throws {
        let server = try await LoopbackServer.start()
        let rig = try await LoopRig(port: server.port, adapter: { QuietAdapter(rules: GatewayLoopTests.echo().rules) })
        let end = try await server.open()
        try await enter(end, "anna")
        try await enter(end, "bea")
        let calls = try await rig.onLoop { loop in
            Self.sessions(loop)[0].say(2_500)
            return Self.sessions(loop).map(\.calls)
        }
        #expect(calls == [["pause"], []])
        // Now the server reads, and answers the gateway's pings to itself.
        var seen = 0
        while seen < 2_500 { if try await end.next().name == "message" { seen += 1 } }
        try await proveAll(end)
        let after = try await rig.onLoop { Self.sessions($0).map(\.calls) }
        #expect(after == [["pause", "resume"], []])
        try await rig.stop()
        try await server.stop()
    }

    @Test("a pause for one user and a pause for all may overlap, and no network is paused twice in a row")
    func overlap() async throws {
        let server = try await LoopbackServer.start()
        let rig = try await LoopRig(port: server.port, adapter: { QuietAdapter(rules: GatewayLoopTests.echo().rules) })
        {
            $0.slowOutboundBytes = 20_000
        }
        let end = try await server.open()
        try await enter(end, "anna")
        try await enter(end, "bea")
        try await rig.onLoop { Self.sessions($0)[0].say(5_000) }
        var seen = 0
        while seen < 5_000 { if try await end.next().name == "message" { seen += 1 } }
        try await proveAll(end)
        for calls in try await rig.onLoop({ Self.sessions($0).map(\.calls) }) {
            #expect(calls.count.isMultiple(of: 2) && !calls.isEmpty)
            #expect(calls.enumerated().allSatisfy { $1 == ($0.isMultiple(of: 2) ? "pause" : "resume") }, "\(calls)")
        }
        try await rig.stop()
        try await server.stop()
    }
}
