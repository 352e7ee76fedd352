import GatewayKit
import Testing
import XML
import XMPP

@testable import GatewayCore

@Suite("Own messages from other programs")
struct OwnMessagePrivilegeTests {
    private let ivan = PeerAddress(network: LiveRules.network, name: "ivan")

    private func say(_ scene: Scene) {
        scene.event(
            .message(InboundMessage(from: .peer(ivan), .text(Text("ahoy")), isOwn: true)), network: "net")
    }

    @Test("a message that the user sent with another client goes to the user's server, and its copy has no effect")
    func carbon() throws {
        let scene = try Scene.inRoom()
        try scene.receive(
            from: "home.test",
            "<message to='gw.test'><privilege xmlns='urn:xmpp:privilege:1'><perm access='message' type='outgoing'/>"
                + "</privilege></message>")
        say(scene)
        let wrapper = try #require(scene.messages.first)
        #expect(wrapper.head.to?.description == "home.test" && wrapper.head.from?.description == "gw.test")
        let inner = try #require(wrapper.payload.first?.elements.first?.elements.first)
        #expect(wrapper.payload.first?.namespace == "urn:xmpp:privilege:1")
        #expect(inner[attribute: "from"] == "anna@home.test" && inner[attribute: "to"] == "ivan%net@gw.test")
        scene.forget()
        scene.post(.stanza(try Stanza(inner)))
        #expect(scene.takeRequests().isEmpty && scene.sent.isEmpty)
    }

    @Test("without the privilege such a message is not shown, because it would look like a message of the other person")
    func notShown() throws {
        let scene = try Scene.inRoom()
        say(scene)
        #expect(scene.sent.isEmpty)
    }

    /// The messages that the server would bring back.
    private func copies(_ scene: Scene) throws -> [Stanza] {
        try scene.messages.compactMap { $0.payload.first?.elements.first?.elements.first }.map(Stanza.init)
    }

    @Test("a thousand copies that come back late, and beyond the limits, go to nobody")
    func lateCopies() throws {
        var limits = CoreSettings.Limits()
        limits.messagesPerSecond = 1
        let scene = try Scene(LiveRules(), limits: limits)
        try scene.join()
        scene.joined()
        scene.event(.outcome(try scene.takeRequest().id, .accepted(as: nil)), network: "net")
        try scene.receive(
            from: "home.test",
            "<message to='gw.test'><privilege xmlns='urn:xmpp:privilege:1'><perm access='message' type='outgoing'/>"
                + "</privilege></message>")
        scene.forget()
        for _ in 0...AwaitedCopies.mostPerUser { say(scene) }
        let copies = try copies(scene)
        #expect(copies.count == AwaitedCopies.mostPerUser, "the last one is not sent: too many are awaited")
        scene.advance(by: .seconds(900))
        scene.forget()
        for copy in copies { scene.post(.stanza(copy)) }
        #expect(scene.takeRequests().isEmpty && scene.sent.isEmpty)
        say(scene)
        #expect(scene.messages.count == 1, "there is room again")
    }

    @Test("a copy that comes twice, or that another user sends, is a message")
    func notAwaited() throws {
        var copies = AwaitedCopies()
        let (anna, ben) = (try JID("anna@home.test"), try JID("ben@home.test"))
        let now = Timestamp(secondsSince1970: 0)
        let isAdded = copies.add("a", of: anna, now: now)
        let taken = [ben, anna, anna].map { copies.take("a", of: $0) }
        #expect(isAdded && taken == [false, true, false])
        let added = (0..<AwaitedCopies.mostPerUser).filter { copies.add("\($0)", of: anna, now: now) }
        #expect(added.count == AwaitedCopies.mostPerUser)
        // After 20 minutes the others are not awaited any more.
        let later = [1_199, 1_200].map { copies.add("b", of: anna, now: now.advanced(by: .seconds($0))) }
        #expect(later == [false, true])
    }
}
