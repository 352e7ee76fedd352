import GatewayKit
import Registry
import Testing
import XML
import XMPP

@testable import GatewayCore

@Suite("Outcomes reach the person")
struct OutcomeRoutingTests {
    /// A scene in which anna has written from `phone`, and the message is being handed over.
    private func sceneWithMessage(presence: [String] = []) throws -> (Scene, RequestID) {
        let scene = try StoredDeliveryTests.scene()
        scene.clientsAnswer = false
        for resource in presence { try appear(scene, resource) }
        try scene.receive(
            from: "anna@home.test/phone",
            "<message to='+15550199@gw.test' type='chat' id='a1'><body>hello</body></message>")
        let id = try scene.takeRequest().id
        scene.forget()
        return (scene, id)
    }

    private func appear(_ scene: Scene, _ resource: String, priority: Int = 0) throws {
        try scene.receive(
            from: "anna@home.test/\(resource)", "<presence to='gw.test'><priority>\(priority)</priority></presence>")
    }

    private func fail(_ scene: Scene, _ id: RequestID) {
        scene.event(.outcome(id, .failed(Failure(.notFound, "no such number"))), network: "phone", token: 1)
    }

    private func reported(_ scene: Scene) -> Int {
        scene.changes.count { if case .reported = $0 { true } else { false } }
    }

    @Test("the failure goes to the client that has written, while it is available")
    func available() throws {
        let (scene, id) = try sceneWithMessage(presence: ["phone", "desk"])
        fail(scene, id)
        #expect(scene.messages.map { $0.head.to?.resource } == ["phone"] && scene.queries.isEmpty)
    }

    @Test("if that client has gone, the failure goes to the available client with the highest priority")
    func otherClient() throws {
        let (scene, id) = try sceneWithMessage(presence: ["phone", "desk"])
        try appear(scene, "tablet", priority: 5)
        try scene.receive(from: "anna@home.test/phone", "<presence type='unavailable' to='gw.test'/>")
        scene.forget()
        fail(scene, id)
        #expect(scene.messages.map { $0.head.to?.resource } == ["tablet"])
        #expect(scene.messages[0].type == .error && scene.messages[0].head.id == "a1")
        #expect(scene.messages[0].stanzaError?.condition == .itemNotFound)
    }

    @Test("if no client is there, the failure waits for one, and is reported only then")
    func waits() throws {
        let (scene, id) = try sceneWithMessage(presence: ["phone"])
        try scene.receive(from: "anna@home.test/phone", "<presence type='unavailable' to='gw.test'/>")
        scene.forget()
        fail(scene, id)
        #expect(scene.messages.isEmpty && reported(scene) == 0)
        try appear(scene, "desk")
        #expect(scene.messages.map { $0.head.to?.resource } == ["desk"])
        scene.post(.fenced(batch: try #require(scene.fences.last), true))
        #expect(reported(scene) == 1)
    }

    @Test("a client beyond the twentieth counts as unknown, not as gone")
    func manyClients() throws {
        let (scene, id) = try sceneWithMessage(presence: (0..<20).map { "r\($0)" } + ["phone"])
        fail(scene, id)
        #expect(scene.messages.isEmpty)
        let (ping, tag) = try #require(scene.queries.last)
        #expect(ping.head.to?.description == "anna@home.test/phone")
        scene.post(.answered(tag, ping.result()))
        #expect(scene.messages.map { $0.head.to?.resource } == ["phone"])
    }

    @Test("after a reconnect, the clients are asked for in slices")
    func probes() throws {
        let (scene, _) = try sceneWithMessage(presence: ["phone"])
        scene.post(.linkClosed)
        scene.forget()
        scene.doesSlicesAtOnce = false
        scene.post(.linkOpened)
        #expect(!scene.presences.contains { $0.type == .probe })
        scene.doesSlicesAtOnce = true
        scene.advance(by: .zero)
        #expect(scene.presences.count { $0.type == .probe } == 1)
    }

    @Test("a client of which nothing is known is asked first; if it has gone, the failure waits for the next stanza")
    func asked() throws {
        let (scene, id) = try sceneWithMessage()
        fail(scene, id)
        let (ping, tag) = try #require(scene.queries.last)
        #expect(ping.head.to?.description == "anna@home.test/phone" && scene.messages.isEmpty)
        scene.post(.answered(tag, ping.error(StanzaError(.serviceUnavailable))))
        #expect(scene.presences.map(\.type) == [.probe], "the server is asked for other clients")
        scene.forget()
        try scene.receive(
            from: "anna@home.test/desk",
            "<message to='+15550199@gw.test' type='chat' id='b1'><body>again</body></message>")
        #expect(scene.messages.map { $0.head.to?.resource } == ["desk"] && scene.messages[0].head.id == "a1")
    }

    @Test("a user who lets the gateway see no client gets words, which the server brings to any client or keeps")
    func unseen() throws {
        let (scene, id) = try sceneWithMessage()
        fail(scene, id)
        let (ping, tag) = try #require(scene.queries.last)
        scene.post(.answered(tag, ping.error(StanzaError(.serviceUnavailable))))
        scene.forget()
        scene.advance(by: .seconds(6))
        #expect(scene.messages.map { $0.head.to?.description } == ["anna@home.test"])
        #expect(scene.messages[0].type == .chat && scene.messages[0].body?.contains("no such number") == true)
        #expect(scene.messages[0].head.from?.description == "+15550199@gw.test")
    }

    @Test("a client that answers, or that does not answer in time, gets the failure", arguments: [true, false])
    func answers(inTime: Bool) throws {
        let (scene, id) = try sceneWithMessage()
        fail(scene, id)
        let (ping, tag) = try #require(scene.queries.last)
        scene.post(.answered(tag, inTime ? ping.result() : nil))
        #expect(scene.messages.map { $0.head.to?.resource } == ["phone"])
    }

    @Test("a question that is lost with the stream is asked again")
    func brokenStream() throws {
        let (scene, id) = try sceneWithMessage()
        fail(scene, id)
        scene.post(.linkClosed)
        scene.post(.linkOpened)
        #expect(scene.queries.count == 2)
    }

    @Test("after a break of the stream, the server is asked which clients are left")
    func reconnect() throws {
        let (scene, id) = try sceneWithMessage(presence: ["phone"])
        scene.post(.linkClosed)
        scene.post(.linkOpened)
        #expect(scene.presences.contains { $0.type == .probe && $0.head.to?.description == "anna@home.test" })
        fail(scene, id)
        #expect(scene.queries.count == 1, "what was known before the break is not trusted")
    }
}
