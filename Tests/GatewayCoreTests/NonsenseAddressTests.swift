import GatewayKit
import Testing
import XML
import XMPP

@testable import GatewayCore

/// Invalid and unknown addresses. The sender gets one error with a text, and nothing else happens (RFC 6120 §8.3).
@Suite("Invalid addresses")
struct NonsenseAddressTests {
    private static let addresses: [(String, StanzaError.Condition)] = [
        ("#chan%@gw.test", .jidMalformed), ("%net@gw.test", .jidMalformed), ("%@gw.test", .jidMalformed),
        ("#%net@gw.test", .jidMalformed), ("nick%unknown@gw.test", .itemNotFound),
        ("#chan%unknown@gw.test", .itemNotFound), ("unknown@gw.test", .itemNotFound),
        ("#chan%unknown@gw.test/nick", .itemNotFound), ("a%b%net@gw.test", .itemNotFound),
        ("\\5c0d%unknown@gw.test", .itemNotFound),
    ]

    /// Stanzas of each kind, and whether an error may answer them (RFC 6120 §8.3.1).
    private static let stanzas: [(xml: String, isAnswered: Bool)] = [
        ("<message id='s' type='chat'><body>x</body></message>", true),
        ("<message id='s'><body>x</body></message>", true),
        ("<message id='s' type='groupchat'><body>x</body></message>", true),
        ("<message id='s' type='headline'><body>x</body></message>", true),
        ("<message id='s' type='nonsense'><body>x</body></message>", true),
        ("<message id='s' type='error'><body>x</body></message>", false),
        ("<presence id='s'/>", true),
        ("<presence id='s'><x xmlns='http://jabber.org/protocol/muc'/></presence>", true),
        ("<presence id='s' type='subscribe'/>", true), ("<presence id='s' type='probe'/>", true),
        ("<presence id='s' type='unavailable'/>", false), ("<presence id='s' type='error'/>", false),
        ("<iq id='s' type='get'><ping xmlns='urn:xmpp:ping'/></iq>", true),
        ("<iq id='s' type='set'><query xmlns='jabber:iq:register'/></iq>", true),
        ("<iq id='s' type='result'/>", false), ("<iq id='s' type='error'/>", false),
    ]

    @Test("a stanza to such an address gets one error with a reason; errors and leaves get none", arguments: addresses)
    func refused(to: String, condition: StanzaError.Condition) throws {
        for (xml, isAnswered) in Self.stanzas {
            let scene = try Scene.live()
            try scene.receive(from: "anna@home.test/a", xml, to: to)
            #expect(scene.requests.isEmpty && scene.opened.isEmpty && scene.kept.isEmpty)
            #expect(scene.sent.count == (isAnswered ? 1 : 0), "\(xml)")
            guard isAnswered, let answer = scene.sent.first else { continue }
            let error = try #require(answer.stanzaError, "\(xml)")
            #expect(error.condition == condition && error.text?.isEmpty == false)
            #expect(answer.head.id == "s" && answer.head.to?.description == "anna@home.test/a")
            #expect(answer.head.from == (try JID(to)))
        }
    }

    @Test("a stanza for another domain, or for none, is answered by the gateway", arguments: ["a%net@else.test", nil])
    func misrouted(to: String?) throws {
        for (xml, isAnswered) in Self.stanzas {
            let scene = try Scene.live()
            try scene.receive(from: "anna@home.test/a", xml, to: to)
            #expect(scene.sent.count == (isAnswered ? 1 : 0), "\(xml)")
            // A server ends the stream of a component that sends from another domain (RFC 6120 §4.9.3.9).
            #expect(scene.sent.allSatisfy { $0.head.from?.description == "gw.test" })
            #expect(scene.sent.allSatisfy { $0.stanzaError?.condition == .itemNotFound })
        }
    }

    @Test("a stanza without a sender is ignored and counted")
    func anonymous() throws {
        for (xml, _) in Self.stanzas {
            let scene = try Scene.live()
            var element = try Element(parsing: xml, defaultNamespace: Stanza.namespace)
            element[attribute: "to"] = "bob%net@gw.test"
            scene.post(.stanza(try Stanza(element)))
            #expect(scene.sent.isEmpty && scene.counted == [.stanzasIgnored])
        }
    }

    @Test("escapes stand for ten visible characters and the space, never for a control character (XEP-0106 §4)")
    func escapes() throws {
        for code in 0..<0x20 {
            let digits = (code < 16 ? "0" : "") + String(code, radix: 16)
            let jid = try JID("#a\\\(digits)b%net@gw.test")
            #expect(JID.unescape(jid.local ?? "") == "#a\\\(digits)b%net")
        }
        #expect(JID.unescape(try JID("#a\\20b%net@gw.test").local ?? "") == "#a b%net")
    }

    @Test(
        "no part of a JID can contain a line break or another forbidden character",
        arguments: [
            "#a\nb%net@gw.test", "#a\rb%net@gw.test", "#a\0b%net@gw.test", "#x%net@gw.test/a\r\nb", "#x%net@gw.test/\0",
            "#x%net@gw.test/a\u{85}b", "#x%net@gw.test/a\u{2028}b", "#a b%net@gw.test", "@gw.test", "#x%net@gw.test/",
        ])
    func unaddressable(text: String) {
        #expect(throws: JIDError.self) { try JID(text) }
    }

    @Test("a nick of the longest possible resource goes to the network, which decides")
    func longName() throws {
        let scene = try Scene.live()
        let nick = String(repeating: "n", count: 1023)
        try scene.join(nick: nick)
        #expect(scene.requests.count == 1 && scene.opened.first?.preferredNick == nick)
        scene.event(
            .outcome(try scene.takeRequest().id, .failed(Failure(.malformedAddress, "too long"))), network: "net")
        #expect(scene.presences.map(\.stanzaError?.condition) == [.jidMalformed])
        #expect(throws: JIDError.self) { try JID("#harbour%net@gw.test/\(nick)n") }
    }
}
