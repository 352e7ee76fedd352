import GatewayKit
import Registry
import Testing
import XMPP

@testable import GatewayCore

@Suite("Contacts")
struct ContactsTests {
    private func contacts(_ scene: Scene) -> [String] {
        scene.changes.compactMap { $0.of(SaveContact.self)?.contact.localpart }
    }

    private func presence(_ scene: Scene, _ type: String, to: String, from: String = "anna@home.test") throws {
        try scene.receive(from: from, "<presence type='\(type)' to='\(to)'/>")
    }

    @Test("a new contact is stored, the subscription is accepted, and the contact is available")
    func subscribe() throws {
        let scene = try StoredDeliveryTests.scene()
        try presence(scene, "subscribe", to: "+15550199@gw.test")
        #expect(contacts(scene) == ["+15550199"])
        #expect(scene.presences.map(\.type) == [.subscribed, .available])
        #expect(scene.presences.map { $0.head.from?.description } == ["+15550199@gw.test", "+15550199@gw.test/stored"])
    }

    @Test("a gateway that becomes a contact subscribes to the user in turn")
    func gateway() throws {
        let scene = try StoredDeliveryTests.scene()
        try presence(scene, "subscribe", to: "gw.test")
        #expect(scene.presences.map(\.type) == [.subscribed, .available, .subscribe])
    }

    @Test(
        "subscriptions to an invalid address, to a room, and before registration to a person are refused",
        arguments: [
            ("bogus@gw.test", "anna@home.test", StanzaError.Condition.jidMalformed),
            ("+15550199@gw.test", "new@home.test", .registrationRequired),
        ])
    func refused(to: String, from: String, condition: StanzaError.Condition) throws {
        let scene = try StoredDeliveryTests.scene()
        try presence(scene, "subscribe", to: to, from: from)
        #expect(scene.presences.map { $0.stanzaError?.condition } == [condition])
        #expect(contacts(scene).isEmpty)
    }

    @Test("a contact that cannot be stored is not accepted")
    func diskFull() throws {
        let scene = try StoredDeliveryTests.scene()
        scene.registryFailure = .unavailable("disk full")
        try presence(scene, "subscribe", to: "+15550199@gw.test")
        #expect(scene.presences.map { $0.stanzaError?.condition } == [.resourceConstraint])
    }

    @Test("unsubscribing ends the subscription, and a later probe is answered with unsubscribed")
    func unsubscribe() throws {
        let scene = try StoredDeliveryTests.scene()
        try presence(scene, "subscribe", to: "+15550199@gw.test")
        scene.forget()
        try presence(scene, "probe", to: "+15550199@gw.test")
        try presence(scene, "unsubscribe", to: "+15550199@gw.test")
        try presence(scene, "probe", to: "+15550199@gw.test")
        #expect(scene.presences.map(\.type) == [.available, .unsubscribed, .unavailable, .unsubscribed])
    }

    @Test("a resource that becomes available gets the presence of all contacts")
    func appears() throws {
        let scene = try StoredDeliveryTests.scene()
        try presence(scene, "subscribe", to: "gw.test")
        try presence(scene, "subscribe", to: "+15550199@gw.test")
        scene.advance(by: .seconds(5))
        scene.forget()
        try scene.receive(from: "anna@home.test/new", "<presence to='gw.test'/>")
        let senders = Set(scene.presences.compactMap { $0.head.from?.description })
        #expect(senders == ["gw.test/stored", "+15550199@gw.test/stored"])
        #expect(scene.presences.allSatisfy { $0.head.to?.resource == "new" && $0.type == .available })
    }

    @Test("a client that logs in gets each presence once: its server's probes are answered with its own presence")
    func presenceThenProbes() throws {
        let scene = try StoredDeliveryTests.scene()
        let contacts = ["gw.test", "+15550198@gw.test", "+15550199@gw.test"]
        for contact in contacts { try presence(scene, "subscribe", to: contact) }
        scene.forget()
        try scene.receive(from: "anna@home.test/new", "<presence to='gw.test'/>")
        for contact in contacts { try presence(scene, "probe", to: contact, from: "anna@home.test/new") }
        #expect(scene.presences.count == 3 && scene.presences.allSatisfy { $0.type == .available })
        scene.advance(by: .seconds(31))
        try presence(scene, "probe", to: contacts[1], from: "anna@home.test/new")
        #expect(scene.presences.count == 4, "a later probe has an answer of its own")
    }

    @Test("a client whose probes come before its presence gets each presence once, too")
    func probesThenPresence() throws {
        let scene = try StoredDeliveryTests.scene()
        let contacts = ["gw.test", "+15550198@gw.test", "+15550199@gw.test"]
        for contact in contacts { try presence(scene, "subscribe", to: contact) }
        scene.advance(by: .seconds(5))
        for resource in ["new", "other"] {
            scene.forget()
            for contact in contacts.dropLast() {
                try presence(scene, "probe", to: contact, from: "anna@home.test/\(resource)")
            }
            try scene.receive(from: "anna@home.test/\(resource)", "<presence to='gw.test'/>")
            #expect(scene.presences.count == 3)
            #expect(Set(scene.presences.compactMap { $0.head.from?.bare.description }) == Set(contacts))
        }
        scene.forget()
        try scene.receive(from: "anna@home.test/new", "<presence type='unavailable' to='gw.test'/>")
        try scene.receive(from: "anna@home.test/new", "<presence to='gw.test'/>")
        #expect(scene.presences.count { $0.type == .available } == 3, "a client that returns gets all of them again")
    }

    private static let bob = PeerAddress(network: LiveRules.network, name: "bob")

    private func liveScene() throws -> Scene {
        let scene = try Scene.live()
        scene.capabilities = Capabilities([
            .text: .full, .join: .full, .nickChange: .full, .presence: .full, .watch: .full, .profile: .full,
            .software: .full, .echo: .full,
        ])
        return scene
    }

    @Test("nothing is claimed of people on a live network before the network has told about them")
    func live() throws {
        let scene = try liveScene()
        try presence(scene, "subscribe", to: "bob%net@gw.test")
        #expect(scene.presences.map(\.type) == [.subscribed, .unavailable])
        try scene.join()
        scene.forget()
        scene.event(.state(.online(nick: "anna")), network: "net")
        #expect(scene.presences.isEmpty)
        #expect(scene.takeRequests().map(\.action) == [.watch([Self.bob])])
        for availability in [Availability.available, .away("lunch"), .offline] {
            scene.event(.peer(Self.bob, .presence(availability)), network: "net")
        }
        #expect(scene.presences.map(\.type) == [.available, .available, .unavailable])
        #expect(scene.presences.map(\.show) == [nil, .away, nil] && scene.presences[1].status == "lunch")
        #expect(scene.presences.allSatisfy { $0.head.from?.resource == scene.kernel.description.id })
        scene.event(.peer(Self.bob, .presence(.available)), network: "net")
        scene.forget()
        scene.event(.state(.offline(Failure(.remoteDown, "gone"), retrying: true)), network: "net")
        #expect(scene.presences.map(\.type) == [.unavailable])
    }

    @Test("a user is told the new name of a contact also without having written to the contact, and of nobody else")
    func renamed() throws {
        let scene = try liveScene()
        try scene.join()
        scene.event(.state(.online(nick: "anna")), network: "net")
        for isContact in [false, true] {
            if isContact { try presence(scene, "subscribe", to: "bob%net@gw.test") }
            scene.forget()
            let new = PeerAddress(network: LiveRules.network, name: "bobby")
            scene.event(.peer(Self.bob, .renamed(to: new, displayName: "bobby")), network: "net")
            #expect(scene.messages.map { $0.head.from?.description } == (isContact ? ["bob%net@gw.test"] : []))
        }
        #expect(scene.messages.first?.body?.hasPrefix("bob is bobby now.") == true)
    }

    @Test("a person who is no contact is not shown, and one who is removed is not watched any more")
    func notContact() throws {
        let scene = try liveScene()
        try scene.join()
        scene.event(.state(.online(nick: "anna")), network: "net")
        scene.forget()
        scene.event(.peer(Self.bob, .presence(.available)), network: "net")
        #expect(scene.presences.isEmpty && scene.takeRequests().isEmpty)
        try presence(scene, "subscribe", to: "bob%net@gw.test")
        try presence(scene, "unsubscribe", to: "bob%net@gw.test")
        #expect(scene.takeRequests().map(\.action) == [.watch([Self.bob]), .watch([])])
    }

    @Test("nothing is claimed of people on a network that cannot watch them")
    func cannotWatch() throws {
        let scene = try Scene.live()
        try presence(scene, "subscribe", to: "bob%net@gw.test")
        try scene.join()
        scene.forget()
        scene.event(.state(.online(nick: "anna")), network: "net")
        try presence(scene, "probe", to: "bob%net@gw.test")
        #expect(scene.presences.map(\.type) == [.unavailable])
    }

    @Test("while the gateway stops, the core counts the contacts that have been told and those that have not")
    func goodbyes() throws {
        let contacts = (0..<600).map {
            ContactRecord(gateway: "gw.test", user: UserID("u\($0)@home.test"), localpart: "")
        }
        let scene = try Scene(LiveRules(), contacts: contacts)
        #expect(scene.core.goodbyes == nil)
        scene.doesSlicesAtOnce = false
        scene.post(.stopping(reason: "shutdown"))
        #expect(scene.core.goodbyes?.told == 0 && scene.core.goodbyes?.left == 600)
        scene.fireTimer(at: try #require(scene.timers.firstIndex { $0.tag.timer == JobRunner.sliceTimer }))
        #expect(scene.core.goodbyes?.told == 250 && scene.core.goodbyes?.left == 350)
        scene.advance(by: .zero)
        #expect(scene.core.goodbyes?.told == 600 && scene.core.goodbyes?.left == 0 && !scene.core.isBusy)
    }

    @Test("the presence of contacts is sent when the stream opens and when the gateway stops")
    func announcements() throws {
        let contact = ContactRecord(gateway: "gw.test", user: UserID("anna@home.test"), localpart: "")
        let scene = try Scene(StoredRules(), snapshot: GatewaySnapshot(), contacts: [contact])
        #expect(scene.presences.map(\.type) == [.available])
        scene.post(.stopping(reason: "shutdown"))
        #expect(scene.presences.map(\.type) == [.available, .unavailable])
    }
}
