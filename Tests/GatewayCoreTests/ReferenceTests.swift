import GatewayKit
import Testing
import XML
import XMPP

@testable import GatewayCore

@Suite("References between stanza ids and network ids")
struct ReferenceTests {
    private static let start = Timestamp(secondsSince1970: 0)

    @Test("a message is found by each of its ids, in both directions")
    func names() {
        var log = ReferenceLog()
        log.add(stanzaID: "s1", alias: "o1", network: MessageID("n1"), at: Self.start)
        log.add(stanzaID: "s2", alias: nil, network: MessageID("n2"), at: Self.start)
        for (stanza, network) in [("s1", "n1"), ("o1", "n1"), ("s2", "n2")] {
            #expect(log.networkID(of: stanza, now: Self.start) == MessageID(network))
        }
        #expect(log.stanzaID(of: MessageID("n1"), now: Self.start) == "s1")
        #expect(
            log.networkID(of: "n1", now: Self.start) == nil && log.stanzaID(of: MessageID("s1"), now: Self.start) == nil
        )
    }

    @Test("the oldest message is forgotten when there are too many, and any message when it is too old")
    func bounds() {
        var log = ReferenceLog()
        for number in 0..<2 * ReferenceLog.most {
            log.add(stanzaID: "s\(number)", alias: nil, network: MessageID("n\(number)"), at: Self.start)
        }
        #expect(log.count == ReferenceLog.most)
        #expect(log.networkID(of: "s\(ReferenceLog.most - 1)", now: Self.start) == nil)
        #expect(log.networkID(of: "s\(ReferenceLog.most)", now: Self.start) == MessageID("n\(ReferenceLog.most)"))
        let end = Self.start.advanced(by: ReferenceLog.longest)
        #expect(log.networkID(of: "s\(ReferenceLog.most)", now: end) != nil)
        #expect(log.networkID(of: "s\(ReferenceLog.most)", now: end.advanced(by: .seconds(1))) == nil)
    }

    @Test("an id of two messages still leads to the later message when the earlier message is forgotten")
    func takenOver() {
        var log = ReferenceLog()
        log.add(stanzaID: "a", alias: "same", network: MessageID("n"), at: Self.start)
        log.add(stanzaID: "b", alias: "same", network: MessageID("m"), at: Self.start)
        for number in 0..<ReferenceLog.most - 1 {
            log.add(stanzaID: "s\(number)", alias: nil, network: MessageID("x\(number)"), at: Self.start)
        }
        #expect(log.networkID(of: "a", now: Self.start) == nil)
        #expect(log.networkID(of: "same", now: Self.start) == MessageID("m"))
    }

    @Test("ids that differ only in their Unicode composition are ids of two messages, on both sides")
    func bytes() {
        let (composed, decomposed) = ("\u{E9}", "e\u{301}")
        var log = ReferenceLog()
        log.add(stanzaID: composed, alias: nil, network: MessageID("n" + composed), at: Self.start)
        log.add(stanzaID: decomposed, alias: nil, network: MessageID("n" + decomposed), at: Self.start)
        for id in [composed, decomposed] {
            let network = log.networkID(of: id, now: Self.start)?.rawValue
            #expect(network.map { Array($0.utf8) } == Array(("n" + id).utf8))
            let stanza = log.stanzaID(of: MessageID("n" + id), now: Self.start)
            #expect(stanza.map { Array($0.utf8) } == Array(id.utf8))
        }
    }

    @Test("a message in a room has a stanza-id by the room, and the stanza-id leads to the network's id")
    func rooms() throws {
        let scene = try Scene.inRoom()
        let message = InboundMessage(
            from: .room(Scene.room, nick: "Bob"), text: "ahoy", id: MessageID("n1"))
        scene.event(.message(message), network: "net")
        try scene.receive(
            from: "anna@home.test/a", "<message type='groupchat' id='m'><body>aye</body></message>",
            to: "#harbour%net@gw.test")
        scene.event(.outcome(try scene.takeRequest().id, .accepted(as: MessageID("n2"))), network: "net")
        let ids = try scene.messages.map { try #require($0.stanzaID) }
        #expect(ids.map(\.by.description) == ["#harbour%net@gw.test", "#harbour%net@gw.test"])
        #expect(Set(ids.map(\.id)).count == 2)
        let user = try #require(scene.kernel.users[UserID("anna@home.test")])
        let references = scene.core.features.references
        let found = ids.map { references.networkID(of: $0.id, in: .room(Scene.room), of: user) }
        #expect(found == [MessageID("n1"), MessageID("n2")])
        #expect(references.networkID(of: "m", in: .room(Scene.room), of: user) == MessageID("n2"))
        #expect(references.stanzaID(of: MessageID("n1"), in: .room(Scene.room), of: user) == ids[0].id)
    }

    @Test("stanza-ids are advertised on rooms only")
    func advertised() throws {
        let scene = try Scene.inRoom()
        for (to, isRoom) in [("#harbour%net@gw.test", true), ("bob%net@gw.test", false), ("net@gw.test", false)] {
            scene.forgetSent()
            try scene.receive(
                from: "anna@home.test/a",
                "<iq type='get' id='d'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>", to: to)
            let features = try DiscoInfo(try #require(scene.iqs.first?.payload.first)).features
            for feature in ["urn:xmpp:sid:0", "http://jabber.org/protocol/muc#stable_id"] {
                #expect(features.contains(feature) == isRoom, "\(to)")
            }
        }
    }
}
