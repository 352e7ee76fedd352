import GatewayKit
import GatewayTesting
import Registry
import Testing
import XML
import XMPP

@testable import GatewayCore

/// Addresses of the greatest length, with bidirectional, unassigned and confusable characters (RFC 7622 §3, §7.3).
@Suite("Unusual addresses")
struct UnusualAddressTests {
    private static let long = String(repeating: "a", count: 1_023)
    private static let longDomain = Array(repeating: String(repeating: "b", count: 63), count: 15)
        .joined(separator: ".")

    /// Users whose servers may have such accounts: each is another user.
    private static let users = [
        "\(long)@\(longDomain)/\(long)", "\(long)@\(longDomain)/\(String(long.dropLast()))x",
        "\(String(long.dropLast()))x@\(longDomain)/\(long)",
        // Right-to-left letters alone are one direction (RFC 3454 §6).
        "\u{5E9}\u{5DC}\u{5D5}\u{5DD}@home.test/\u{5D0}", "\u{645}\u{62D}\u{645}\u{62F}@home.test/x",
        // Unicode 3.2, on which stringprep stands, does not have these.
        "\u{A7F6}\u{1E030}@home.test/\u{1FAE0}", "a\u{378}@home.test/x",
        // Latin, Cyrillic and Greek letters that look alike.
        "anna@home.test/x", "\u{430}nna@home.test/x", "ann\u{3B1}@home.test/x", "an\u{E4}na@home.test/x",
    ]

    private static let stanzas = [
        "<iq id='s' type='get'><ping xmlns='urn:xmpp:ping'/></iq>", "<presence id='s' type='unavailable'/>",
        "<message id='s' type='groupchat'><body>x</body></message>",
    ]

    @Test("each user gets the one answer, at exactly the address that has asked", arguments: users)
    func answered(user: String) throws {
        let scene = try Scene.live()
        for xml in Self.stanzas {
            let answers = try scene.answers(to: xml, from: user, at: "gw.test")
            #expect(answers.map { $0.head.to?.description } == [user], "\(xml)")
        }
    }

    @Test("users whose addresses look alike have contacts and settings of their own")
    func confusable() throws {
        let scene = try Scene.live()
        for (number, user) in Self.users.enumerated() {
            try scene.receive(from: user, "<presence type='subscribe'/>", to: "n\(number)%net@gw.test")
        }
        let owners = Self.users.compactMap { try? JID($0).bare.description }
        #expect(Set(owners).count == owners.count - 1, "the first two differ in the resource alone")
        for (number, owner) in owners.enumerated() {
            let contacts = scene.store.record(of: UserID(owner)).contacts.map(\.localpart)
            #expect(contacts.contains("n\(number)%net") && contacts.count <= 2, "\(owner)")
        }
    }

    /// Names of people on the network that a local part cannot hold as they are, or only just.
    private static let names = [
        String(repeating: "b", count: 1_019), "\u{5E9}\u{5DC}\u{5D5}\u{5DD}", "\u{5D0}bc", "a\u{202E}cod.exe",
        "a\u{378}", "\u{1FAE0}", "\u{430}lice", "alice", "\u{1D4EA}lice", "a\u{301}lice", "\u{E1}lice",
    ]

    @Test("each person has an address of the person's own, which leads back to the person, and can be a contact")
    func people() throws {
        let scene = try Scene.live()
        var addresses: Set<JID> = []
        for name in Self.names {
            let peer = PeerAddress(network: LiveRules.network, name: name)
            let address = scene.kernel.addresses.jid(.peer(peer))
            let jid = try #require(address, "\(name)")
            addresses.insert(jid)
            #expect(try scene.kernel.addresses.target(of: jid) == .peer(peer))
            let answers = try scene.answers(
                to: "<presence type='subscribe'/>", from: "anna@home.test", at: jid.description)
            #expect(answers.first?.head.from == jid && answers.count == 2)
            try scene.receive(
                from: "anna@home.test/x", "<message type='chat' id='\(scene.newMessageID())'><body>x</body></message>",
                to: jid.description)
            #expect(try scene.takeRequest().action == .send(.text(Text("x")), to: .peer(peer)))
        }
        #expect(addresses.count == Self.names.count)
        let stored = scene.store.record(of: UserID("anna@home.test")).contacts.map(\.localpart)
        #expect(Set(stored.map { Array($0.utf8) }).count == Self.names.count)
    }

    @Test("a person whose name is too long for a local part has no address, and no message comes from another one")
    func tooLong() throws {
        let scene = try Scene.live()
        let peer = PeerAddress(network: LiveRules.network, name: String(repeating: "b", count: 1_020))
        let address = scene.kernel.addresses.jid(.peer(peer))
        #expect(address == nil)
        try scene.join()
        scene.forget()
        scene.event(.message(InboundMessage(from: .peer(peer), text: "hi")), network: "net")
        #expect(scene.sent.isEmpty)
    }

    @Test(
        "a part of 1,024 bytes, mixed directions and forbidden characters are answered with jid-malformed",
        arguments: [
            "\(long)a%net@gw.test", "bob%net@gw.test/\(long)a", "\u{5D0}bc%net@gw.test", "bob%net@gw.test/\u{202E}",
            "bob\u{E001}%net@gw.test", "bob%net@gw.test/\u{FFFE}",
        ])
    func malformed(address: String) throws {
        let scene = try Scene.live()
        let answers = try scene.answers(to: Self.stanzas[0], from: "anna@home.test/a", at: address)
        #expect(answers.map(\.stanzaError?.condition) == [.jidMalformed])
        #expect(answers.map(\.head.id) == ["s"] && answers.first?.head.from?.domain == "gw.test")
    }
}
