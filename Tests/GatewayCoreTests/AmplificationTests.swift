import GatewayKit
import Registry
import Testing
import XML
import XMPP

@testable import GatewayCore

/// One stanza of a user can make the core send thousands. They are sent in slices, each once, and no faster than the
/// home server takes them.
@Suite("One stanza that causes many")
struct AmplificationTests {
    private static let many = 5_000

    /// A user with very many contacts, and a home server that has taken no stanza since the stream opened.
    private func scene() throws -> Scene {
        let contacts = ([""] + (1..<Self.many).map { "friend\($0)%net" }).map {
            ContactRecord(gateway: "gw.test", user: UserID("eve@home.test"), localpart: $0)
        }
        var limits = CoreSettings.Limits()
        limits.stanzasPerSecond = 0
        let scene = try Scene(LiveRules(), snapshot: GatewaySnapshot(), contacts: contacts, limits: limits)
        scene.advance(by: .seconds(1))
        scene.forget()
        scene.reachesCheckpoints = false
        return scene
    }

    private func appear(_ scene: Scene, _ resource: String = "x") throws {
        try scene.receive(from: "eve@home.test/\(resource)", "<presence to='gw.test'/>")
    }

    /// Lets the home server reach checkpoints until none is left.
    private func takeAll(_ scene: Scene) {
        while !scene.checkpoints.isEmpty { scene.reachCheckpoint() }
    }

    @Test("forty presences cause at most one window of unconfirmed stanzas, and one list of contacts in all")
    func presences() throws {
        let scene = try scene()
        for _ in 0..<40 { try appear(scene) }
        #expect(scene.sent.count <= JobQueue.window + CoreSettings.Limits().slice)
        takeAll(scene)
        for _ in 0..<40 { try appear(scene) }
        takeAll(scene)
        #expect(scene.presences.count == Self.many, "a client that was available has the list already")
        #expect(Set(scene.presences.compactMap { $0.head.from?.description }).count == Self.many)
    }

    @Test("the ping of another user is answered at once, and the user's room is shown after at most two slices")
    func bystander() throws {
        let scene = try scene()
        for number in 0..<10 { try appear(scene, "x\(number)") }
        scene.forgetSent()
        try scene.receive(
            from: "bea@home.test/b", "<iq id='p' type='get' to='gw.test'><ping xmlns='urn:xmpp:ping'/></iq>")
        #expect(scene.iqs.map(\.head.id) == ["p"])
        try scene.join("bea@home.test/b", nick: "bea")
        scene.event(
            .room(Scene.room, .joined(JoinedRoom(nick: "bea", occupants: [Scene.occupant("bea")], topic: nil))),
            user: "bea@home.test", network: "net")
        scene.forgetSent()
        for _ in 0..<2 { scene.reachCheckpoint() }
        let first = scene.presences.firstIndex { $0.head.to?.local == "bea" }
        #expect(try #require(first) <= 2 * CoreSettings.Limits().slice)
    }

    @Test("resources beyond the maximum that may wait are refused with policy-violation")
    func resources() throws {
        let scene = try scene()
        for number in 0..<100 { try appear(scene, "x\(number)") }
        let refused = scene.presences.filter { $0.type == .error }
        #expect(refused.count == 100 - Contacts.mostResources)
        #expect(refused.allSatisfy { $0.stanzaError?.condition == .policyViolation && $0.stanzaError?.type == .wait })
    }

    @Test("a room that is entered repeatedly while it is shown is shown once more, not once for each entry")
    func rejoining() throws {
        let scene = try Scene.live()
        try scene.join()
        let everyone = [Scene.occupant("anna")] + (0..<200).map { Scene.occupant("guest\($0)") }
        scene.event(
            .room(Scene.room, .joined(JoinedRoom(nick: "anna", occupants: everyone, topic: nil))), network: "net")
        scene.forget()
        scene.reachesCheckpoints = false
        for _ in 0..<500 { try scene.join() }
        #expect(scene.sent.count <= JobQueue.window + CoreSettings.Limits().slice)
        takeAll(scene)
        #expect(scene.sent.count <= JobQueue.window + 2 * CoreSettings.Limits().slice)
        #expect(try MUCUser(try #require(scene.presences.last?.payload.first)).statuses == [110])
        #expect(scene.messages.last?.subject == "")
    }

    @Test("unregistering ends all subscriptions, in slices, and a break of the stream loses none")
    func unregistering() throws {
        let scene = try scene()
        try scene.receive(
            from: "eve@home.test/x",
            "<iq id='r' type='set' to='gw.test'><query xmlns='jabber:iq:register'><remove/></query></iq>")
        #expect(scene.iqs.map(\.type) == [.result])
        #expect(scene.presences.count <= JobQueue.window + CoreSettings.Limits().slice)
        scene.post(.linkClosed)
        scene.forget()
        scene.reachesCheckpoints = true
        scene.post(.linkOpened)
        #expect(scene.presences.count == 3 * Self.many)
        #expect(scene.presences.count { $0.type == .unsubscribed } == Self.many)
    }

    @Test("a stop sends unavailable presence for every contact, and the core is busy until this is done")
    func stopping() throws {
        let contacts = (0..<Self.many).map {
            ContactRecord(
                gateway: "gw.test", user: UserID("u\($0)@home.test"), localpart: "+1555\(1_000_000 + $0)")
        }
        let scene = try Scene(StoredRules(), contacts: contacts)
        #expect(scene.presences.count { $0.type == .available } == Self.many, "all contacts are announced")
        #expect(scene.kernel.users.loaded.isEmpty)
        scene.forget()
        scene.reachesCheckpoints = false
        scene.post(.stopping(reason: "over"))
        #expect(scene.core.isBusy)
        takeAll(scene)
        #expect(!scene.core.isBusy && scene.presences.count { $0.type == .unavailable } == Self.many)
    }

    @Test("a network that floods fifty clients of one user waits for the home server, and other users do not")
    func flood() throws {
        let scene = try Scene.live()
        for number in 0..<50 { try scene.join("anna@home.test/\(number)") }
        scene.joined()
        scene.reachesCheckpoints = false
        scene.forget()
        var said = 0
        let account = AccountID(user: UserID("anna@home.test"), network: LiveRules.network)
        while !scene.paused.contains(account), said < 50_000 {
            scene.event(.message(InboundMessage(from: .room(Scene.room, nick: "Bob"), text: "\(said)")), network: "net")
            said += 1
        }
        #expect(scene.paused == [account] && scene.messages.count <= NetworkLink.window + 50)
        takeAll(scene)
        #expect(scene.paused.isEmpty, "the network resumes when the home server has taken the stanzas")
    }

    @Test("when the session of a network ends, its last checkpoint causes no further one")
    func endedSession() throws {
        let scene = try Scene.inRoom()
        scene.reachesCheckpoints = false
        for number in 0..<NetworkLink.window / 2 {
            let text = InboundMessage(from: .room(Scene.room, nick: "Bob"), text: "\(number)")
            scene.event(.message(text), network: "net")
        }
        try #require(scene.checkpoints.count == 1)
        scene.event(.state(.offline(Failure(.remoteDown, "gone"), retrying: false)), network: "net")
        scene.reachCheckpoint()
        #expect(scene.checkpoints.isEmpty)
    }

    @Test("a network that sends while its room is shown waits as well, and none of its messages is lost")
    func backlog() throws {
        let scene = try Scene.live()
        scene.reachesCheckpoints = false
        try scene.join()
        let everyone = [Scene.occupant("anna")] + (0..<3_000).map { Scene.occupant("guest\($0)") }
        scene.event(
            .room(Scene.room, .joined(JoinedRoom(nick: "anna", occupants: everyone, topic: nil))), network: "net")
        let account = AccountID(user: UserID("anna@home.test"), network: LiveRules.network)
        for number in 0..<Room.longestBacklog {
            scene.event(
                .message(InboundMessage(from: .room(Scene.room, nick: "guest1"), text: "\(number)")), network: "net")
        }
        #expect(scene.paused == [account])
        takeAll(scene)
        #expect(scene.paused.isEmpty)
        #expect(scene.messages.compactMap(\.body).filter { !$0.isEmpty } == (0..<Room.longestBacklog).map { "\($0)" })
    }

    @Test("an answer that the stream refuses is sent when the stream takes stanzas again")
    func refusedAnswer() throws {
        let scene = try Scene.live()
        try scene.receive(
            from: "bea@home.test/b", "<iq id='p' type='get' to='gw.test'><ping xmlns='urn:xmpp:ping'/></iq>")
        try scene.refuseLast()
        #expect(scene.iqs.isEmpty)
        scene.advance(by: .seconds(1))
        #expect(scene.iqs.map(\.head.id) == ["p"])
    }

    @Test("presences that follow a refused presence keep their order")
    func refusedPresence() throws {
        let scene = try Scene.inRoom()
        scene.event(.room(Scene.room, .occupantJoined(Scene.occupant("carol"))), network: "net")
        try scene.refuseLast()
        scene.event(.room(Scene.room, .occupantLeft(nick: "carol", .quit(reason: nil))), network: "net")
        #expect(scene.presences.isEmpty)
        scene.advance(by: .seconds(1))
        #expect(scene.presences.map(\.type) == [.available, .unavailable])
    }

    @Test("long ids are refused, and long threads and languages are left out of the copies for each client")
    func multiplied() throws {
        let scene = try Scene.inRoom()
        let long = String(repeating: "x", count: 2_000)
        try scene.receive(
            from: "anna@home.test/a", "<message type='groupchat' id='\(long)'><body>x</body></message>",
            to: "#harbour%net@gw.test")
        #expect(scene.messages.first?.stanzaError?.condition == .policyViolation && scene.requests.isEmpty)
        scene.forget()
        try scene.receive(
            from: "anna@home.test/a",
            "<message type='groupchat' id='m' xml:lang='\(long)'><body>x</body><thread>\(long)</thread>"
                + "<origin-id xmlns='urn:xmpp:sid:0' id='\(long)'/></message>", to: "#harbour%net@gw.test")
        scene.event(.outcome(try scene.takeRequest().id, .accepted(as: nil)), network: "net")
        let reflection = try #require(scene.messages.first)
        #expect(reflection.payload.map(\.name) == ["body"] && reflection.head.lang == nil)
    }

    @Test("a list that is too long is refused, and so is a list of users without affiliation")
    func lists() throws {
        let scene = try Scene.live { $0.longestList = 10 }
        try scene.join()
        let everyone = [Scene.occupant("anna")] + (0..<11).map { Scene.occupant("guest\($0)", .operator) }
        scene.event(
            .room(Scene.room, .joined(JoinedRoom(nick: "anna", occupants: everyone, topic: nil))), network: "net")
        for (word, condition) in [("admin", StanzaError.Condition.policyViolation), ("none", .badRequest)] {
            scene.forget()
            try scene.receive(
                from: "anna@home.test/a",
                "<iq id='l' type='get'><query xmlns='\(MUCAdmin.namespace)'><item affiliation='\(word)'/></query></iq>",
                to: "#harbour%net@gw.test")
            #expect(scene.iqs.map { $0.stanzaError?.condition } == [condition])
        }
    }
}
