import GatewayKit
import GatewayTesting
import Registry
import Testing
import XML
import XMPP

@testable import GatewayCore

@Suite("Requests that are repeated, withdrawn or too late")
struct RepeatedRequestTests {
    private func contact(_ scene: Scene, _ type: String, to: String = "bob%net@gw.test") throws {
        try scene.receive(from: "anna@home.test/a", "<presence type='\(type)' id='p'/>", to: to)
    }

    private func rows(_ scene: Scene) throws -> Int {
        try #require(scene.kernel.users[UserID("anna@home.test")]).rows
    }

    @Test("a repeated subscription takes one row, and none when it has ended")
    func repeated() throws {
        let scene = try Scene.live()
        for _ in 0..<5 { try contact(scene, "subscribe") }
        #expect(try rows(scene) == 1)
        try contact(scene, "unsubscribe")
        #expect(try rows(scene) == 0)
    }

    @Test("a subscription that cannot be stored takes no row, known or not", arguments: [true, false])
    func unwritten(isKnown: Bool) throws {
        let scene = try Scene.live()
        if isKnown { try contact(scene, "subscribe") }
        scene.registryFailure = .unavailable("full")
        try contact(scene, "subscribe")
        #expect(try rows(scene) == (isKnown ? 1 : 0))
    }

    @Test("a subscription that is withdrawn before it is stored is kept neither in memory nor in the registry")
    func withdrawn() throws {
        let scene = try Scene.live()
        try contact(scene, "subscribe", to: "carl%net@gw.test")
        scene.forget()
        scene.answersCommits = false
        try contact(scene, "subscribe")
        try contact(scene, "unsubscribe")
        scene.answerCommits()
        #expect(!scene.presences.contains { $0.type == .subscribed })
        #expect(scene.store.record(of: UserID("anna@home.test")).contacts.map(\.localpart) == ["carl%net"])
        #expect(try rows(scene) == 1)
        scene.answersCommits = true
        try contact(scene, "subscribe")
        #expect(scene.presences.contains { $0.type == .subscribed })
    }

    @Test("a ping that the full stream does not take is sent again later")
    func notAsked() throws {
        let scene = try Scene.inRoom()
        scene.post(.linkClosed)
        scene.post(.linkOpened)
        let asked = try #require(scene.queries.last)
        scene.post(.notAsked(asked.1))
        let before = scene.queries.count
        scene.advance(by: .seconds(1))
        #expect(scene.queries.count == before + 1)
        scene.post(.answered(try #require(scene.queries.last).1, IQ(StanzaHead(), type: .result)))
        #expect(scene.rooms()[Scene.room]?.members.allSatisfy { !$0.mayBeGone } == true)
    }

    @Test("a client that comes back and vanishes again has the full time to come back")
    func desertion() throws {
        let scene = try Scene.inRoom()
        let time = CoreSettings.Limits().gracePeriod
        func vanish() throws {
            try scene.receive(
                from: "anna@home.test/a",
                "<presence type='error'><error type='cancel'><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"
                    + "</presence>", to: "#harbour%net@gw.test/Bob")
        }
        try vanish()
        scene.advance(by: time - .seconds(10))
        try scene.join()
        try vanish()
        scene.advance(by: .seconds(60))
        #expect(scene.rooms()[Scene.room] != nil)
        scene.advance(by: time)
        #expect(scene.rooms()[Scene.room] == nil)
    }

    @Test("a session that goes offline for good is closed, and the next message opens another")
    func endedSession() throws {
        let scene = try StoredDeliveryTests.scene()
        try scene.receive(from: "anna@home.test/a", "<message id='m'><body>x</body></message>", to: "+15550111@gw.test")
        let account = try #require(scene.opened.first).id
        scene.post(.event(account, .state(.offline(Failure(.notAuthorized, "no"), retrying: false)), token: nil))
        #expect(scene.closed == [account])
        try scene.receive(from: "anna@home.test/a", "<message id='n'><body>y</body></message>", to: "+15550111@gw.test")
        #expect(scene.opened.count == 2)
    }

    @Test("while the gateway stops, a join is refused")
    func stopping() throws {
        let scene = try Scene.live()
        try contact(scene, "subscribe")
        scene.post(.stopping(reason: "over"))
        scene.forget()
        try scene.join()
        #expect(scene.presences.first?.stanzaError?.condition == .serviceUnavailable && scene.opened.isEmpty)
    }

    @Test("a message to a room while the gateway stops comes back with the reason, and may be sent again later")
    func messageWhileStopping() throws {
        let scene = try Scene.inRoom()
        scene.post(.stopping(reason: "over"))
        scene.forget()
        try scene.receive(
            from: "anna@home.test/a",
            "<message type='groupchat' to='#harbour%net@gw.test' id='m'><body>x</body></message>")
        let answer = try #require(scene.messages.first)
        #expect(answer.head.id == "m" && scene.requests.isEmpty)
        #expect(answer.stanzaError?.condition == .serviceUnavailable && answer.stanzaError?.type == .wait)
    }

    @Test("a reaction that the stream refuses is sent again once")
    func refusedReaction() throws {
        let scene = try Scene.inRoom()
        let message = InboundMessage(from: .room(Scene.room, nick: "Bob"), text: "ahoy", id: MessageID("n1"))
        scene.event(.message(message), network: "net")
        scene.forget()
        let reaction = InboundMessage(from: .room(Scene.room, nick: "Bob"), .reaction(MessageID("n1"), ["👍"]))
        scene.event(.message(reaction), network: "net")
        try scene.refuseLast()
        scene.advance(by: .seconds(2))
        #expect(scene.messages.count { $0.first("reactions", namespace: MessageReactions.namespace) != nil } == 1)
    }

    @Test("after a reconnect, the presence of each stored contact is sent once")
    func announcedOnce() throws {
        let scene = try StoredDeliveryTests.scene()
        for number in 10..<30 { try contact(scene, "subscribe", to: "+155501\(number)@gw.test") }
        let account = try #require(scene.opened.first).id
        scene.post(.event(account, .state(.online(nick: "x")), token: nil))
        scene.post(.linkClosed)
        scene.forget()
        scene.post(.linkOpened)
        #expect(scene.presences.count { $0.type == .available } == 20)
    }

    @Test("a leave that arrives while the user is being loaded counts, even if too many stanzas wait before it")
    func leaveWhileLoading() throws {
        let scene = try Scene.live()
        scene.loadsAtOnce = false
        try scene.join()
        for number in 0..<2 * Users.mostWaiting {
            try scene.receive(
                from: "anna@home.test/a", "<iq type='get' id='\(number)'><ping xmlns='urn:xmpp:ping'/></iq>",
                to: "gw.test")
        }
        scene.forget()
        try scene.leave()
        #expect(scene.sent.isEmpty)
        scene.load()
        #expect(scene.rooms()[Scene.room] == nil)
    }
}
