import GatewayKit
import Registry
import Testing
import XML
import XMPP

@testable import GatewayCore

/// People of domains that may not use the gateway, and banned people.
@Suite("People who may not use the gateway")
struct OutsiderTests {
    /// Stanzas of each kind, and whether an error answers them (RFC 6120 §8.3.1).
    private static let stanzas: [(xml: String, isAnswered: Bool)] = [
        ("<message id='s' type='chat'><body>x</body></message>", true), ("<message id='s'/>", true),
        ("<message id='s' type='groupchat'><body>x</body></message>", true),
        ("<message id='s' type='headline'><body>x</body></message>", true),
        ("<message id='s' type='error'/>", false), ("<presence id='s'/>", true),
        ("<presence id='s'><x xmlns='http://jabber.org/protocol/muc'/></presence>", true),
        ("<presence id='s' type='probe'/>", true), ("<presence id='s' type='subscribe'/>", true),
        ("<presence id='s' type='subscribed'/>", true), ("<presence id='s' type='unsubscribe'/>", true),
        ("<presence id='s' type='unsubscribed'/>", true), ("<presence id='s' type='unavailable'/>", false),
        ("<presence id='s' type='error'/>", false), ("<iq id='s' type='get'><ping xmlns='urn:xmpp:ping'/></iq>", true),
        ("<iq id='s' type='set'><query xmlns='jabber:iq:register'/></iq>", true), ("<iq id='s' type='result'/>", false),
        ("<iq id='s' type='error'/>", false),
    ]

    @Test(
        "each stanza gets one error with forbidden and its id, and nothing else happens",
        arguments: ["gw.test", "net@gw.test", "bob%net@gw.test", "#harbour%net@gw.test", "#harbour%net@gw.test/eve"],
        ["eve@stranger.test/x", "eve@stranger.test", "stranger.test"])
    func forbidden(to address: String, from sender: String) throws {
        let scene = try Scene.live()
        for (xml, isAnswered) in Self.stanzas {
            let answers = try scene.answers(to: xml, from: sender, at: address)
            #expect(answers.map(\.stanzaError?.condition) == (isAnswered ? [.forbidden] : []), "\(xml)")
            #expect(answers.allSatisfy { $0.stanzaError?.type == .auth && $0.stanzaError?.text?.isEmpty == false })
            #expect(answers.allSatisfy { $0.head.id == "s" && $0.head.to?.description == sender })
        }
        #expect(scene.loading.isEmpty && scene.kernel.users.loaded.isEmpty && scene.opened.isEmpty)
        #expect(scene.changes.isEmpty && scene.requests.isEmpty)
    }

    @Test("a user who is banned gets no presence of contacts any more, at the start of the gateway neither")
    func banned() throws {
        let contacts = ["", "bob%net"].map {
            ContactRecord(gateway: "gw.test", user: UserID("eve@home.test"), localpart: $0)
        }
        let ban = Restriction(
            subject: "eve@home.test", kind: .banned, reason: nil, setBy: "admin@home.test",
            setAt: Timestamp(secondsSince1970: 0))
        let scene = try Scene(LiveRules(), snapshot: GatewaySnapshot(restrictions: [ban]), contacts: contacts)
        #expect(scene.presences.isEmpty)
        for type in ["<presence/>", "<presence type='probe'/>"] {
            let answers = try scene.answers(to: type, from: "eve@home.test/x", at: "gw.test")
            #expect(answers.map(\.stanzaError?.condition) == [.forbidden])
        }
    }
}
