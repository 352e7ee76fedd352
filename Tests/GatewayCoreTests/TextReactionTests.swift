import GatewayKit
import Registry
import Testing
import XMPP

@testable import GatewayCore

@Suite("Reactions that come as texts")
struct TextReactionTests {
    private static let peer = PeerAddress(network: StoredRules.network, name: "+15550199")

    private func arrive(_ scene: Scene, _ text: String, id: String, from peer: PeerAddress = peer) {
        scene.event(
            .message(InboundMessage(from: .peer(peer), text: text, id: MessageID(id))), network: "phone", token: 1)
    }

    private func write(_ scene: Scene, _ text: String, id: String, more: String = "") throws {
        try scene.receive(
            from: "anna@home.test/phone",
            "<message to='+15550199@gw.test' type='chat' id='\(id)'><body>\(text)</body>\(more)</message>")
    }

    private func reactions(_ scene: Scene) -> [MessageReactions] {
        scene.messages.flatMap { $0.payload.compactMap { try? MessageReactions($0) } }
    }

    @Test("A reaction to the user's own message names the id of the user's client")
    func own() throws {
        let scene = try StoredDeliveryTests.scene()
        try write(scene, "See you ", id: "a1")
        arrive(scene, "+1 See you", id: "p1")
        #expect(reactions(scene) == [MessageReactions(id: "a1", emoji: ["👍"])])
        let message = try #require(scene.messages.first)
        #expect(message.body == nil && message.has(.store) && message.type == .chat)
        #expect(message.head.from?.description == "+15550199@gw.test")
        guard case .appendInbound(let entry)? = scene.changes.last(where: { $0.isInbound }) else { return }
        #expect(entry.text == "+1 See you", "the registry has the text, for the time after a restart")
    }

    @Test("A reaction to a message of the person names its stanza, and can be taken back")
    func theirs() throws {
        let scene = try StoredDeliveryTests.scene()
        arrive(scene, "See you", id: "p1")
        let id = try #require(scene.messages.first?.head.id)
        arrive(scene, "+1 See you", id: "p2")
        arrive(scene, "-1 See you", id: "p3")
        #expect(reactions(scene) == [MessageReactions(id: id, emoji: ["👍"]), MessageReactions(id: id, emoji: [])])
    }

    @Test("Without exactly one such message in the conversation, the text is shown as it is")
    func ambiguous() throws {
        let scene = try StoredDeliveryTests.scene()
        arrive(scene, "+1 See you", id: "p1")
        try write(scene, "See you", id: "a1")
        arrive(scene, "+1 See you", id: "p2", from: PeerAddress(network: StoredRules.network, name: "+15550177"))
        try write(scene, "See you", id: "a2")
        arrive(scene, "+1 See you", id: "p3")
        #expect(scene.messages.map(\.body) == ["+1 See you", "+1 See you", "+1 See you"])
        #expect(reactions(scene).isEmpty)
    }

    @Test("A text that must not be kept is not remembered; the caption of a file is")
    func privacy() throws {
        let scene = try StoredDeliveryTests.scene()
        try write(scene, "secret", id: "a1", more: "<no-store xmlns='urn:xmpp:hints'/>")
        arrive(scene, "+1 secret", id: "p1")
        scene.capabilities = Capabilities([.text: .full, .file: .full])
        try write(scene, "A cat", id: "a2", more: "<x xmlns='jabber:x:oob'><url>https://x.example/a</url></x>")
        arrive(scene, "+1 A cat", id: "p2")
        #expect(scene.messages.first?.body == "+1 secret")
        #expect(reactions(scene) == [MessageReactions(id: "a2", emoji: ["👍"])])
    }

    @Test("Texts are remembered for a time, and in a bounded number")
    func bounds() {
        let texts = RecentTexts()
        let start = Timestamp(secondsSince1970: 0)
        texts.add("first", id: "0", in: "+1", at: start)
        #expect(texts.id(of: " first\n", in: "+1", now: start) == "0")
        #expect(texts.id(of: "first", in: "+1", now: start.advanced(by: RecentTexts.longest)) == nil)
        for index in 1...RecentTexts.mostTexts { texts.add("t\(index)", id: "\(index)", in: "+1", at: start) }
        #expect(texts.id(of: "first", in: "+1", now: start) == nil)
        #expect(texts.id(of: "t1", in: "+1", now: start) == "1")
        for index in 2...RecentTexts.mostConversations { texts.add("x", id: "x", in: "+\(index)", at: start) }
        #expect(texts.id(of: "t1", in: "+1", now: start) == "1")
        texts.add("x", id: "x", in: "+0", at: start)
        #expect(texts.id(of: "t1", in: "+1", now: start) == nil)
    }

    @Test("The bytes of equal texts may differ")
    func forms() {
        let texts = RecentTexts()
        let now = Timestamp(secondsSince1970: 0)
        texts.add("cafe\u{301}", id: "1", in: "+1", at: now)
        #expect(texts.id(of: "caf\u{E9}", in: "+1", now: now) == "1")
    }
}

extension Change {
    fileprivate var isInbound: Bool { if case .appendInbound = self { true } else { false } }
}
