import DequeModule
import GatewayKit
import GatewayTesting
import Registry
import Testing
import XML
import XMPP

@testable import GatewayCore

/// Two gateways that are each other's users. What one sends, the other gets, and answers as it answers any user.
@Suite("Entities that answer each other")
struct PingPongTests {
    /// The largest number of stanzas that one stanza may cause on both sides together.
    private static let most = 30

    private func scene(_ domain: String) throws -> Scene {
        let jid = try JID(domain)
        return try Scene(LiveRules()) { $0.domain = jid }
    }

    /// Brings a stanza to the one gateway, its answers to the other, and so on. Returns the number of stanzas.
    private func play(_ first: Stanza, _ one: Scene, _ other: Scene) -> Int {
        var queue: Deque<Stanza> = [first]
        var count = 0
        while let stanza = queue.popFirst(), count < 10 * Self.most {
            count += 1
            let scene = stanza.head.to?.domain == "gw.test" ? one : other
            scene.forget()
            scene.post(.stanza(stanza))
            queue.append(contentsOf: scene.sent)
        }
        return count
    }

    private static let kinds: [Presence.Kind] = [
        .available, .unavailable, .subscribe, .subscribed, .unsubscribe, .unsubscribed, .probe, .error,
    ]

    @Test(
        "no presence goes to and fro for ever", arguments: ["gw.test", "net@gw.test", "bob%net@gw.test"],
        ["gw2.test", "gw2.test/x", "bob%net@gw2.test"])
    func presence(to: String, from: String) throws {
        let (one, other) = (try scene("gw.test"), try scene("gw2.test"))
        let head = StanzaHead(to: try JID(to), from: try JID(from), id: "p")
        let user = UserID(try JID(from).bare.description)
        // Twice, because the first round makes contacts.
        for (place, kind) in (Self.kinds + Self.kinds).enumerated() {
            let count = play(.presence(Presence(head, type: kind)), one, other)
            #expect(count <= Self.most, "\(kind) from \(from) to \(to)")
            guard kind == .subscribe, place < Self.kinds.count else { continue }
            #expect(!one.store.record(of: user).contacts.isEmpty, "the first round makes contacts")
        }
    }

    @Test(
        "no message goes to and fro for ever", arguments: ["gw.test", "net@gw.test"],
        [Message.Kind.normal, .chat, .headline, .groupchat, .error])
    func messages(to: String, type: Message.Kind) throws {
        let (one, other) = (try scene("gw.test"), try scene("gw2.test"))
        for number in 0..<20 {
            let head = StanzaHead(to: try JID(to), from: try JID("gw2.test"), id: "m\(number)")
            let count = play(.message(Message(head, type: type, body: "hello \(number)")), one, other)
            #expect(count <= Self.most, "\(type) to \(to)")
        }
    }

    @Test("a user who consents to every request and makes the same one in turn gets a bounded number of stanzas")
    func mirror() throws {
        let scene = try scene("gw.test")
        var queue: Deque<Presence.Kind> = [.subscribe]
        var count = 0
        while let kind = queue.popFirst(), count < 10 * Self.most {
            count += 1
            scene.forget()
            try scene.receive(from: "anna@home.test", "<presence type='\(kind.rawValue)'/>", to: "gw.test")
            for presence in scene.presences {
                switch presence.type {
                case .subscribe: queue.append(contentsOf: [.subscribed, .subscribe])
                case .unsubscribe: queue.append(contentsOf: [.unsubscribed, .unsubscribe])
                default: break
                }
            }
        }
        #expect(count <= Self.most)
    }
}
