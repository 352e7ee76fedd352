import GatewayKit
import Testing
import XML
import XMPP

@testable import GatewayCore

/// Many clients and many users at once. The state that they cause is bounded, and is gone when they are gone.
@Suite("Storms of presence")
struct StormTests {
    private static let many = 10_000

    private func presence(_ type: Presence.Kind, from: String, to: String, join: Bool = false) throws -> Input {
        let head = StanzaHead(to: try JID(to), from: try JID(from))
        return .stanza(.presence(Presence(head, type: type, payload: join ? [MUCJoin().element] : [])))
    }

    @Test(
        "ten thousand resources that come and go leave no state",
        arguments: ["gw.test", "net@gw.test", "bob%net@gw.test"])
    func greetings(to: String) throws {
        let scene = try Scene.live()
        for number in 0..<Self.many {
            scene.post(try presence(.available, from: "anna@home.test/\(number)", to: to))
        }
        for number in 0..<Self.many {
            scene.post(try presence(.unavailable, from: "anna@home.test/\(number)", to: to))
        }
        // The first presence at a network has logged the user in, and the last goodbye has logged the user out.
        scene.grantAll()
        // Each goodbye to the gateway or a network is answered by one.
        #expect(scene.presences.allSatisfy { $0.type == .unavailable } && scene.sent.count <= Self.many)
        #expect(scene.kept.isEmpty && scene.timers.count == 1)
    }

    @Test("of ten thousand resources in a room, each beyond the limit gets one error, and no state is left at the end")
    func room() throws {
        let scene = try Scene.live()
        let room = "#harbour%net@gw.test/anna"
        for number in 0..<Self.many {
            scene.post(try presence(.available, from: "anna@home.test/\(number)", to: room, join: true))
        }
        #expect(scene.presences.count { $0.stanzaError?.condition == .policyViolation } == Self.many - 50)
        #expect(scene.rooms()[Scene.room]?.members.count == 50)
        scene.grantAll()
        scene.forget()
        for number in 0..<Self.many {
            scene.post(try presence(.unavailable, from: "anna@home.test/\(number)", to: room))
        }
        #expect(scene.presences.count == 50, "a resource that was not in the room gets no presence")
        #expect(scene.requests.map(\.request.action) == [.leave(Scene.room, reason: nil)])
        scene.grantAll()
        scene.endNetworks()
        #expect(scene.kept.isEmpty)
    }

    @Test("ten thousand users who come and go leave no state")
    func users() throws {
        let scene = try Scene.live()
        let room = "#harbour%net@gw.test/nick"
        for number in 0..<Self.many {
            scene.post(try presence(.available, from: "u\(number)@home.test/x", to: room, join: true))
        }
        #expect(scene.kept.count == Self.many)
        scene.grantAll()
        for number in 0..<Self.many {
            scene.post(try presence(.unavailable, from: "u\(number)@home.test/x", to: room))
        }
        scene.grantAll()
        #expect(
            scene.kept.allSatisfy {
                scene.rooms(of: $0.id.rawValue).isEmpty && scene.openRequests(of: $0.id.rawValue) == 0
            })
        scene.endNetworks()
        #expect(scene.kept.isEmpty && scene.closed.count == Self.many)
    }

    @Test("the rooms of a user are bounded")
    func rooms() throws {
        let scene = try Scene.live()
        for number in 0..<1_000 {
            let room = "#r\(number)%net@gw.test/anna"
            scene.post(try presence(.available, from: "anna@home.test/a", to: room, join: true))
        }
        #expect(scene.rooms().count == 200)
        #expect(scene.presences.count { $0.stanzaError?.condition == .policyViolation } == 800)
        // Other users are not affected.
        scene.post(try presence(.available, from: "ben@home.test/b", to: "#r%net@gw.test/ben", join: true))
        #expect(scene.kept.count == 2 && scene.requests.last?.account.user.rawValue == "ben@home.test")
    }

    @Test("repeated joins and leaves cause two requests while the network does not answer, and the last one counts")
    func quickChanges() throws {
        let scene = try Scene.live()
        for _ in 0..<5_000 {
            try scene.join()
            try scene.leave()
        }
        #expect(scene.requests.count == 2 && scene.openRequests() == 2)
        try scene.join()
        scene.forgetSent()
        scene.grantAll()
        // The user enters once, after the earlier leave. The first visit has ended, so it causes no invitation.
        #expect(scene.presences.map(\.type) == [.available] && scene.messages.map(\.type) == [.groupchat])
        #expect(scene.rooms()[Scene.room]?.phase == .inside)
    }

    @Test("a refused join does not refuse a later join of the same user")
    func lateRefusal() throws {
        let scene = try Scene.live()
        try scene.join()
        try scene.leave()
        try scene.join()
        let asked = scene.takeRequests()
        try #require(asked.count == 2)
        scene.forgetSent()
        scene.event(.outcome(asked[0].id, .failed(Failure(.notInRoom, "You left before you were in."))), network: "net")
        #expect(scene.sent.isEmpty)
        scene.event(.outcome(asked[1].id, .accepted(as: nil)), network: "net")
        scene.grantAll()
        #expect(scene.presences.map(\.type) == [.available])
    }

    @Test("open requests are bounded, whatever their kind")
    func requests() throws {
        let scene = try Scene.live { $0.requestsPerUser = 10 }
        for number in 0..<100 {
            let room = "#r\(number)%net@gw.test/anna"
            scene.post(try presence(.available, from: "anna@home.test/a", to: room, join: true))
            scene.post(try presence(.unavailable, from: "anna@home.test/a", to: room))
        }
        #expect(scene.openRequests() <= 11)
        #expect(scene.presences.count { $0.stanzaError?.condition == .resourceConstraint } == 95)
    }

    @Test("nick changes, subjects and kicks count as open requests")
    func otherRequests() throws {
        let scene = try Scene.live { $0.requestsPerUser = 10 }
        try scene.join()
        scene.grantAll()
        scene.joined()
        scene.forget()
        for number in 0..<10 {
            try scene.receive(
                from: "anna@home.test/a", "<presence/>", to: "#harbour%net@gw.test/nick\(number)")
        }
        #expect(scene.requests.count == 10 && scene.sent.isEmpty)
        try scene.receive(from: "anna@home.test/a", "<presence id='n'/>", to: "#harbour%net@gw.test/more")
        try scene.receive(
            from: "anna@home.test/a", "<message id='t' type='groupchat'><subject>x</subject></message>",
            to: "#harbour%net@gw.test")
        try scene.receive(
            from: "anna@home.test/a",
            "<iq id='k' type='set'><query xmlns='http://jabber.org/protocol/muc#admin'>"
                + "<item nick='Bob' role='none'/></query></iq>", to: "#harbour%net@gw.test")
        #expect(scene.requests.count == 10)
        #expect(scene.sent.map(\.stanzaError?.condition) == Array(repeating: .resourceConstraint, count: 3))
        #expect(scene.sent.map(\.head.id) == ["n", "t", "k"])
    }

    @Test("the contacts of a user are bounded, and an existing contact can be subscribed to again")
    func contacts() throws {
        let scene = try Scene.live { $0.contactsPerUser = 3 }
        for number in 0..<5 {
            scene.post(try presence(.subscribe, from: "anna@home.test", to: "n\(number)%net@gw.test"))
        }
        #expect(scene.presences.count { $0.type == .subscribed } == 3)
        #expect(scene.presences.count { $0.stanzaError?.condition == .policyViolation } == 2)
        scene.forget()
        scene.post(try presence(.subscribe, from: "anna@home.test", to: "n1%net@gw.test"))
        #expect(scene.presences.first?.type == .subscribed)
        scene.post(try presence(.unsubscribe, from: "anna@home.test", to: "n1%net@gw.test"))
        scene.post(try presence(.subscribe, from: "anna@home.test", to: "n9%net@gw.test"))
        #expect(scene.presences.count { $0.type == .subscribed } == 2)
    }

    @Test("presence errors of resources that are not in the room start no timer")
    func errors() throws {
        let scene = try Scene.inRoom()
        try scene.leave()
        scene.grantAll()
        try scene.join("anna@home.test/b")
        let timers = scene.timers.count
        for number in 0..<1_000 {
            scene.post(try presence(.error, from: "anna@home.test/\(number)", to: "#harbour%net@gw.test/anna"))
        }
        #expect(scene.timers.count == timers)
        #expect(scene.rooms()[Scene.room]?.members.count == 1)
    }
}
