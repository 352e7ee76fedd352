import GatewayKit
import Registry
import Testing
import XML
import XMPP

@testable import GatewayCore

@Suite("Limits of one user")
struct LimitTests {
    private func ping(_ scene: Scene, _ id: String, from: String = "eve@home.test/x") throws {
        try scene.receive(from: from, "<iq id='\(id)' type='get' to='gw.test'><ping xmlns='urn:xmpp:ping'/></iq>")
    }

    private func slow() throws -> Scene {
        try Scene.live {
            $0.stanzasPerSecond = 10
            $0.stanzaBurst = 20
        }
    }

    @Test(
        "stanzas beyond the burst are refused with the rate, from any client of the user, until time has passed"
    )
    func stanzas() throws {
        let scene = try slow()
        for number in 0..<30 { try ping(scene, "p\(number)", from: "eve@home.test/\(number)") }
        #expect(scene.iqs.count { $0.type == .result } == 20)
        let refused = try #require(scene.iqs.last?.stanzaError)
        #expect(refused.condition == .policyViolation && refused.type == .wait)
        #expect(refused.text?.contains("10 a second") == true)
        scene.forget()
        scene.advance(by: .milliseconds(500))
        for number in 0..<30 { try ping(scene, "q\(number)") }
        #expect(scene.iqs.count { $0.type == .result } == 5)
    }

    @Test("every refusal is counted, and at most one a minute is logged")
    func reports() throws {
        let scene = try slow()
        for number in 0..<30 { try ping(scene, "p\(number)") }
        #expect(scene.counted.count { $0 == .overLimit } == 10)
        #expect(scene.logged == ["a user is over a limit; further refusals within the next minute are only counted"])
        scene.advance(by: .seconds(60))
        for number in 0..<30 { try ping(scene, "q\(number)") }
        #expect(scene.logged.count == 2)
    }

    @Test("other users are not affected")
    func others() throws {
        let scene = try slow()
        for number in 0..<1_000 { try ping(scene, "p\(number)") }
        scene.forget()
        try ping(scene, "b", from: "bea@home.test/b")
        #expect(scene.iqs.map(\.type) == [.result])
    }

    @Test("messages and presences are refused in the same way, but unavailable presence is always accepted")
    func kinds() throws {
        let scene = try slow()
        try scene.join("eve@home.test/x", nick: "eve")
        scene.event(
            .room(Scene.room, .joined(JoinedRoom(nick: "eve", occupants: [Scene.occupant("eve")], topic: nil))),
            user: "eve@home.test", network: "net")
        for number in 0..<30 { try ping(scene, "p\(number)") }
        scene.forget()
        try scene.receive(from: "eve@home.test/x", "<message id='m' to='bob%net@gw.test'><body>x</body></message>")
        try scene.receive(from: "eve@home.test/x", "<presence id='s' to='gw.test'/>")
        #expect(scene.sent.map(\.stanzaError?.condition) == [.policyViolation, .policyViolation])
        #expect(scene.sent.map(\.head.id) == ["m", "s"])
        scene.forget()
        try scene.leave("eve@home.test/x", room: "#harbour%net@gw.test/eve")
        #expect(scene.presences.map(\.type) == [.unavailable])
    }

    @Test("the copies of a room message for the user's clients count as sent by the user")
    func reflections() throws {
        let scene = try slow()
        for number in 0..<10 { try scene.join("anna@home.test/\(number)") }
        scene.joined()
        scene.grantAll()
        scene.advance(by: .seconds(10))
        scene.forget()
        func say(_ number: Int) throws {
            let message = "<message type='groupchat' id='m\(number)'><body>x</body></message>"
            try scene.receive(from: "anna@home.test/1", message, to: "#harbour%net@gw.test")
        }
        for number in 0..<3 {
            try say(number)
            scene.grantAll()
        }
        #expect(scene.messages.count { $0.type == .groupchat } == 30)
        try say(3)
        #expect(scene.messages.last?.stanzaError?.condition == .policyViolation)
    }

    @Test("without a rate there is no limit")
    func unlimited() throws {
        let scene = try Scene.live { $0.stanzaBurst = 10 }
        for number in 0..<10_000 { try ping(scene, "p\(number)") }
        #expect(scene.iqs.allSatisfy { $0.type == .result })
    }

    @Test("long lists of a user's own rows use up the user's allowance", arguments: ["blocked", "contacts"])
    func longLists(command: String) throws {
        let scene = try Scene.live {
            $0.stanzasPerSecond = 1
            $0.stanzaBurst = 200
        }
        try ping(scene, "p", from: "anna@home.test/a")
        try #require(scene.kernel.users[UserID("anna@home.test")]).rows = 800
        let answers = try (0..<20).map { _ in try scene.chat(command) }
        #expect((1...5).contains(answers.count { !$0.isEmpty }), "the others are refused")
    }

    @Test("the number of open networks is limited, for rooms and for people, and a closed network makes room")
    func networks() throws {
        let scene = try Scene.live { $0.networksPerUser = 1 }
        try scene.join()
        scene.forget()
        try scene.receive(
            from: "anna@home.test/a",
            "<presence to='#quay%other@gw.test/anna'><x xmlns='\(MUCJoin.namespace)'/></presence>")
        try scene.receive(from: "anna@home.test/a", "<message id='m' to='bob%other@gw.test'><body>x</body></message>")
        #expect(scene.sent.map(\.stanzaError?.condition) == [.policyViolation, .policyViolation])
        #expect(scene.sent.first?.stanzaError?.text?.contains("allows (1)") == true && scene.requests.isEmpty)
        try scene.leave()
        scene.endNetworks()
        scene.forget()
        try scene.receive(from: "anna@home.test/a", "<message id='m' to='bob%other@gw.test'><body>x</body></message>")
        #expect(scene.requests.count == 1)
    }

    private func register(_ scene: Scene, _ nick: String, network: String = "net") throws -> IQ {
        scene.forget()
        try scene.receive(
            from: "eve@home.test/x",
            "<iq id='r' type='set' to='\(network)@gw.test'><query xmlns='jabber:iq:register'><nick>\(nick)</nick></query></iq>"
        )
        return try #require(scene.iqs.last)
    }

    @Test("registrations in a day are limited, and the refusal names the limit")
    func registrations() throws {
        let scene = try Scene.live { $0.registrationsPerDay = 3 }
        for number in 0..<3 { #expect(try register(scene, "n\(number)").type == .result) }
        let refused = try register(scene, "n4").stanzaError
        #expect(refused?.condition == .policyViolation && refused?.text?.contains("the limit is 3 a day") == true)
        scene.advance(by: .seconds(8 * 3600 + 1))
        #expect(try register(scene, "n5").type == .result)
    }

    @Test("rows in the registry are limited, settings and contacts together")
    func rows() throws {
        let scene = try Scene.live { $0.rowsPerUser = 4 }
        #expect(try register(scene, "eve").type == .result)
        #expect(try register(scene, "eva").type == .result, "a change takes no more rows")
        for number in 0..<3 {
            try scene.receive(from: "eve@home.test", "<presence type='subscribe' to='n\(number)%net@gw.test'/>")
        }
        #expect(scene.presences.map(\.stanzaError?.condition).last == .policyViolation)
        #expect(scene.presences.count { $0.type == .subscribed } == 2)
        #expect(try register(scene, "eve", network: "other").stanzaError?.condition == .policyViolation)
    }

    @Test("contacts that the registry has not stored yet count as well")
    func burst() throws {
        let scene = try Scene.live { $0.contactsPerUser = 5 }
        scene.answersCommits = false
        for number in 0..<20 {
            try scene.receive(from: "eve@home.test", "<presence type='subscribe' to='n\(number)%net@gw.test'/>")
        }
        #expect(scene.presences.count { $0.stanzaError?.condition == .policyViolation } == 15)
        scene.answerCommits()
        #expect(scene.presences.count { $0.type == .subscribed } == 5)
    }

    @Test("messages of strangers do not fill the registry with names")
    func strangers() throws {
        var limits = CoreSettings.Limits()
        limits.rowsPerUser = 3
        let account = AccountRecord(
            gateway: "gw.test", user: UserID("anna@home.test"), network: nil, settings: ["phone": "+15550100"])
        let scene = try Scene(StoredRules(), snapshot: GatewaySnapshot(accounts: [account]), limits: limits)
        for number in 10..<20 {
            let peer = PeerAddress(network: StoredRules.network, name: "+155501\(number)")
            scene.event(.message(InboundMessage(from: .peer(peer), text: "hi")), network: "phone", token: number)
        }
        #expect(scene.messages.count == 10, "every message arrives")
        #expect(scene.changes.count { $0.of(SavePeer.self) != nil } == 1)
    }
}
