import GatewayKit
import GatewayTesting
import Registry
import Testing
import XMPP

@testable import GatewayCore

@Suite("The state of my messages")
struct MessageStatusTests {
    private static let delivered =
        "2026-01-01 12:00 UTC to +15550111: has arrived."

    private static let remark =
        "A message that the gateway refuses comes back as an error at once, and is not listed here."
    private static let none = "This gateway has no record of messages from you. \(remark)"

    /// A scene with a delivered message and a message with an unknown outcome.
    private func scene() throws -> Scene {
        let scene = try StoredDeliveryTests.scene()
        scene.store.ledger = [
            RequestID("a"): Self.entry("a", .delivered, minute: 0),
            RequestID("b"): Self.entry("b", .unknown, minute: 1),
        ]
        return scene
    }

    private static func entry(_ id: String, _ state: OutboundEntry.State, minute: Int) -> OutboundEntry {
        let time = Timestamp(secondsSince1970: 1_767_268_800 + 60 * Double(minute))
        let account = AccountID(user: UserID("anna@home.test"), network: StoredRules.network)
        return OutboundEntry(
            id: RequestID(id), gateway: "gw.test", account: account, localpart: "+15550111", text: "",
            sender: "anna@home.test/a", recipient: "+15550111@gw.test", originID: id, wantsReceipt: false, state: state,
            attempts: 1, createdAt: time, updatedAt: time)
    }

    @Test("a gateway that stores the messages to some addresses has a record of them")
    func varyingDelivery() throws {
        var rules = LiveRules()
        let live = try Scene(rules).chat("messages")
        #expect(live == ["This gateway stores no messages. A message that fails comes back as an error."])
        rules.description.deliveryVaries = true
        #expect(try Scene(rules).chat("messages") == [Self.none])
    }

    @Test(
        "the word `messages` in a chat with the gateway is answered with the messages, the newest first",
        arguments: ["messages", " Messages "])
    func chat(word: String) throws {
        let scene = try scene()
        try scene.receive(
            from: "anna@home.test/a", "<message type='chat' id='q'><body>\(word)</body></message>", to: "gw.test")
        let lines = try #require(scene.messages.first?.body).split(separator: "\n")
        #expect(lines.count == 4 && lines[2] == Self.delivered && lines[3] == Self.remark)
        #expect(lines[1] == "2026-01-01 12:01 UTC to +15550111: may or may not have arrived.")
        #expect(scene.messages.first?.head.to?.description == "anna@home.test/a")
    }

    @Test("the ad-hoc command gives the same answer and is listed among the commands")
    func command() throws {
        let scene = try scene()
        try scene.receive(
            from: "anna@home.test/a",
            "<iq type='get' id='l'><query xmlns='http://jabber.org/protocol/disco#items'"
                + " node='http://jabber.org/protocol/commands'/></iq>", to: "gw.test")
        let items = try DiscoItems(try #require(scene.iqs.first?.payload.first)).items
        #expect(items.map(\.node).contains("messages"))
        scene.forgetSent()
        try scene.receive(
            from: "anna@home.test/a",
            "<iq type='set' id='c'><command xmlns='http://jabber.org/protocol/commands' node='messages'/></iq>",
            to: "gw.test")
        let answer = try Command(try #require(scene.iqs.first?.payload.first))
        #expect(answer.status == .completed && answer.words.dropLast().last == Self.delivered)
    }

    @Test("a user without messages is told so and does not see the messages of another user")
    func others() throws {
        let scene = try scene()
        try scene.receive(
            from: "ben@home.test/a", "<message type='chat' id='q'><body>messages</body></message>", to: "gw.test")
        #expect(scene.messages.map(\.body) == [Self.none])
    }

    @Test("a headline to the gateway gets no answer", arguments: ["gw.test", "net@gw.test"], ["help", "what?"])
    func headline(to: String, text: String) throws {
        let scene = try Scene.live()
        let xml = "<message type='headline' id='h'><body>\(text)</body></message>"
        try scene.receive(from: "anna@home.test/a", xml, to: to)
        #expect(scene.sent.isEmpty)
    }

    @Test(
        "a groupchat message to the gateway gets an error", arguments: ["gw.test", "net@gw.test"], ["help", "what?"])
    func groupchat(to: String, text: String) throws {
        let scene = try Scene.live()
        let xml = "<message type='groupchat' id='g'><body>\(text)</body></message>"
        try scene.receive(from: "anna@home.test/a", xml, to: to)
        #expect(scene.messages.map(\.type) == [.error] && scene.messages.first?.head.id == "g")
    }

    @Test("a gateway of a live network says that it keeps no messages")
    func live() throws {
        let scene = try Scene.live()
        try scene.receive(
            from: "ben@home.test/a", "<message type='chat' id='q'><body>messages</body></message>", to: "gw.test")
        #expect(scene.messages.first?.body?.contains("stores no messages") == true)
    }

    @Test("if the registry cannot be read, a chat is told so in words, and a command gets an error")
    func failure() throws {
        let scene = try scene()
        try scene.receive(
            from: "anna@home.test/a", "<message type='chat' id='p'><body>help</body></message>", to: "gw.test")
        #expect(scene.messages.first?.body?.contains("messages: Show the state of my latest messages") == true)
        scene.forgetSent()
        scene.readFailure = .unavailable("no disk")
        try scene.receive(
            from: "anna@home.test/a", "<message type='chat' id='q'><body>messages</body></message>", to: "gw.test")
        #expect(scene.messages.map(\.type) == [.chat])
        #expect(scene.messages.first?.body?.contains("cannot read its registry") == true)
        try scene.receive(
            from: "anna@home.test/a",
            "<iq type='set' id='c'><command xmlns='http://jabber.org/protocol/commands' node='messages'/></iq>",
            to: "gw.test")
        #expect(scene.iqs.map(\.head.id) == ["c"])
        #expect(scene.iqs.first?.stanzaError?.condition == .internalServerError)
    }
}
