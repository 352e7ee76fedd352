import Basics
import GatewayKit
import Testing
import XML
import XMPP

@testable import GatewayCore

@Suite("Invitations to rooms")
struct InvitationTests {
    private func scene() throws -> Scene {
        let scene = try Scene.inRoom()
        scene.capabilities = Capabilities([.text: .full, .join: .full, .invitation: .full])
        return scene
    }

    private func invite(_ scene: Scene, _ to: String, room: String = "#harbour%net@gw.test") throws {
        try scene.receive(
            from: "anna@home.test/a",
            "<message id='inv' to='\(room)'><x xmlns='http://jabber.org/protocol/muc#user'>"
                + "<invite to='\(to)'><reason>Tea</reason></invite></x></message>")
    }

    static let people: [(to: String, name: String)] = [
        ("carl%net@gw.test", "carl"), ("carl", "carl"), ("#harbour%net@gw.test/Bob", "bob"),
        ("carl%net@gw.test/phone", "carl"),
    ]

    @Test("a person on the network is invited there, under each of the person's addresses", arguments: people)
    func mediated(to: String, name: String) throws {
        let scene = try scene()
        try invite(scene, to)
        let request = try scene.takeRequest()
        let peer = PeerAddress(network: LiveRules.network, name: name)
        #expect(request.action == .room(Scene.room, .invitation(peer, reason: "Tea")))
        #expect(scene.sent.isEmpty)
        scene.event(.outcome(request.id, .accepted(as: nil)), network: "net")
        #expect(scene.messages.map(\.body) == ["\(name) has been invited."])
        #expect(scene.messages.first?.type == .groupchat && scene.messages.first?.head.to?.resource == "a")
    }

    @Test("a refused invitation comes back as an error with its id")
    func refused() throws {
        let scene = try scene()
        try invite(scene, "carl%net@gw.test")
        scene.event(
            .outcome(try scene.takeRequest().id, .failed(Failure(.conflict, "carl is there already."))), network: "net")
        let error = try #require(scene.messages.first)
        #expect(scene.messages.count == 1 && error.type == .error && error.head.id == "inv")
        #expect(error.stanzaError?.condition == .conflict)
    }

    @Test("a person on XMPP gets the invitation from the room, and the network is not asked")
    func forwarded() throws {
        let scene = try scene()
        try invite(scene, "bea@away.test")
        #expect(
            scene.takeSent().map { $0.replacing(#/ id='[^']*'/#, with: "") } == [
                "<message to='bea@away.test' from='#harbour%net@gw.test'>"
                    + "<x xmlns='http://jabber.org/protocol/muc#user'><invite from='anna@home.test/a'>"
                    + "<reason>Tea</reason></invite></x></message>"
            ])
        #expect(scene.requests.isEmpty)
    }

    @Test(
        "an address that is no person on the room's network cannot be invited, and the network is not asked",
        arguments: [
            ("net@gw.test", StanzaError.Condition.notAcceptable), ("carl%other@gw.test", .notAcceptable),
            ("gw.test", .notAcceptable), ("#harbour%net@gw.test", .notAcceptable),
            ("#harbour%net@gw.test/nobody", .itemNotFound), ("x%nowhere@gw.test", .itemNotFound),
        ])
    func impossible(to: String, condition: StanzaError.Condition) throws {
        let scene = try scene()
        try invite(scene, to)
        #expect(scene.messages.map(\.head.id) == ["inv"])
        #expect(scene.messages.first?.stanzaError?.condition == condition)
        #expect(scene.requests.isEmpty)
    }

    @Test("a client that is not in the room cannot invite")
    func outside() throws {
        let scene = try scene()
        try invite(scene, "carl%net@gw.test", room: "#other%net@gw.test")
        #expect(scene.messages.first?.stanzaError?.condition == .notAcceptable)
        #expect(scene.requests.isEmpty)
    }

    @Test("the number of invitations is limited")
    func limit() throws {
        let scene = try scene()
        for number in 0..<30 { try invite(scene, "user\(number)@away.test") }
        #expect(scene.messages.filter { $0.type == .normal }.count == 20)
        #expect(scene.messages.filter { $0.stanzaError?.condition == .policyViolation }.count == 10)
    }

    @Test("a direct invitation to a person on the network is carried to the network")
    func direct() throws {
        let scene = try scene()
        try scene.receive(
            from: "anna@home.test/a",
            "<message id='d' to='carl%net@gw.test'>"
                + "<x xmlns='jabber:x:conference' jid='#harbour%net@gw.test' reason='Tea'/></message>")
        let carl = PeerAddress(network: LiveRules.network, name: "carl")
        #expect(try scene.takeRequest().action == .room(Scene.room, .invitation(carl, reason: "Tea")))
    }

    @Test(
        "a direct invitation to a room elsewhere is refused in words",
        arguments: ["tea@muc.test", "#harbour%other@gw.test", "bob%net@gw.test"])
    func elsewhere(room: String) throws {
        let scene = try scene()
        try scene.receive(
            from: "anna@home.test/a",
            "<message id='d' to='carl%net@gw.test'><x xmlns='jabber:x:conference' jid='\(room)'/></message>")
        #expect(scene.messages.map(\.head.id) == ["d"] && scene.messages.first?.type == .error)
        #expect(scene.requests.isEmpty)
    }

    @Test("an invitation from the network comes from the room, by the occupant, with the password if it is known")
    func incoming() throws {
        let scene = try scene()
        let tea = RoomAddress(network: LiveRules.network, name: "#tea")
        let bob = PeerAddress(network: LiveRules.network, name: "bob")
        let invitation = Invitation(by: bob, reason: "Come", password: Secret("key"))
        scene.event(.room(tea, .invited(invitation)), network: "net")
        #expect(
            scene.takeSent().map { $0.replacing(#/ id='[^']*'/#, with: "") } == [
                "<message to='anna@home.test' from='#tea%net@gw.test'>"
                    + "<x xmlns='http://jabber.org/protocol/muc#user'><invite from='bob%net@gw.test'>"
                    + "<reason>Come</reason></invite><password>key</password></x></message>"
            ])
    }

    @Test("a message with an element for occupants, but without an invitation, goes on its way")
    func noInvitation() throws {
        let scene = try scene()
        try scene.receive(
            from: "anna@home.test/a",
            "<message id='m' type='groupchat' to='#harbour%net@gw.test'><body>hi</body>"
                + "<x xmlns='http://jabber.org/protocol/muc#user'/></message>")
        #expect(try scene.takeRequest().action == .send(.text(Text("hi")), to: .room(Scene.room)))
    }
}
