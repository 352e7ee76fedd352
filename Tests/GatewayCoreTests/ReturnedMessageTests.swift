import GatewayKit
import Registry
import Testing
import XML
import XMPP

@testable import GatewayCore

@Suite("Messages that the user's server returns")
struct ReturnedMessageTests {
    private let peer = PeerAddress(network: StoredRules.network, name: "+15550199")

    /// A scene in which a text has come in and the home server has returned it.
    private func returned(sentAt: Timestamp? = nil) throws -> Scene {
        let scene = try StoredDeliveryTests.scene()
        let message = InboundMessage(from: .peer(peer), text: "hi", id: MessageID("p1"), sentAt: sentAt)
        scene.event(.message(message), network: "phone", token: 1)
        try bounce(scene)
        return scene
    }

    private func bounce(_ scene: Scene) throws {
        let id = try #require(scene.messages.last?.head.id)
        scene.forget()
        try scene.receive(
            from: "anna@home.test",
            "<message type='error' id='\(id)' to='+15550199@gw.test'><error type='cancel'><service-unavailable "
                + "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>")
    }

    private func finished(_ scene: Scene) -> Int {
        scene.changes.count { if case .finishInbound = $0 { true } else { false } }
    }

    @Test("a returned message is kept, and sent again when the user comes")
    func kept() throws {
        let scene = try returned()
        #expect(finished(scene) == 0)
        try scene.receive(from: "anna@home.test/a", "<presence to='gw.test'/>")
        #expect(scene.messages.map(\.body) == ["hi"])
    }

    @Test("after a week it is given up, counted and logged")
    func givenUp() throws {
        let scene = try returned()
        scene.advance(by: .seconds(6 * 86_400))
        #expect(finished(scene) == 0)
        scene.advance(by: .seconds(2 * 86_400))
        #expect(finished(scene) == 1 && scene.counted.contains(.messagesGivenUp))
        #expect(scene.logged.contains { $0.contains("given up") })
        try scene.receive(from: "anna@home.test/a", "<presence to='gw.test'/>")
        #expect(scene.messages.isEmpty)
    }

    @Test("the ages are read of one user after another, page by page, and users without messages are forgotten")
    func review() throws {
        let scene = try StoredDeliveryTests.scene()
        for number in 0..<260 {
            let message = InboundMessage(from: .peer(peer), text: "hi", id: MessageID("p\(number)"))
            scene.event(.message(message), network: "phone", token: number)
            try bounce(scene)
        }
        scene.core.features.ledger.usersWithReturnedMessages.insert(UserID("ben@home.test"))
        scene.advance(by: .seconds(3_600))
        #expect(scene.core.features.ledger.usersWithReturnedMessages == [UserID("anna@home.test")])
        scene.advance(by: .seconds(8 * 86_400))
        #expect(scene.counted.count { $0 == .messagesGivenUp } == 260)
        #expect(scene.core.features.ledger.usersWithReturnedMessages.isEmpty)
    }

    @Test("a message that is returned again after a week, as by a server that blocks its sender, is given up at once")
    func blocked() throws {
        let scene = try returned(sentAt: Timestamp(secondsSince1970: 1_767_268_800 - 8 * 86_400))
        #expect(finished(scene) == 1)
    }
}

@Suite("Delay stamps of stored messages")
struct StoredDelayTests {
    @Test(
        "a text that the provider had for hours has the time of its sending",
        arguments: [(3.0 * 3600, true), (2, false)])
    func old(age: Double, isStamped: Bool) throws {
        let scene = try StoredDeliveryTests.scene()
        let sentAt = Timestamp(secondsSince1970: scene.now.secondsSince1970 - age)
        let message = InboundMessage(
            from: .peer(PeerAddress(network: StoredRules.network, name: "+15550199")), text: "hi",
            id: MessageID("p1"), sentAt: sentAt)
        scene.event(.message(message), network: "phone", token: 1)
        let delay = scene.messages.first?.first("delay", namespace: Delay.namespace)
        #expect((delay != nil) == isStamped)
        if let delay { #expect(try Delay(delay).stamp == sentAt.secondsSince1970) }
    }
}
