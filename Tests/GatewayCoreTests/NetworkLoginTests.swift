import GatewayKit
import Registry
import Testing
import XML
import XMPP

@testable import GatewayCore

@Suite("Logging in and out by presence (XEP-0100 §4.4, §4.5)")
struct NetworkLoginTests {
    private func scene() throws -> Scene {
        let scene = try Scene.live()
        scene.capabilities = Capabilities([.text: .full, .join: .full, .keepConnected: .full])
        return scene
    }

    private func show(
        _ scene: Scene, _ attributes: String = "", client: String = "anna@home.test/a", at place: String = "net@gw.test"
    ) throws {
        try scene.receive(from: client, "<presence id='p' \(attributes)/>", to: place)
    }

    @Test("the first client that is present at a network opens the connection, and the last one that goes ends it")
    func login() throws {
        let scene = try scene()
        try show(scene)
        try show(scene, client: "anna@home.test/b")
        try show(scene, client: "anna@home.test/b")
        #expect(scene.opened.map(\.id.network) == [LiveRules.network])
        #expect(scene.takeRequests().map(\.action) == [.keepConnected(true)])
        #expect(scene.sent.isEmpty, "a network that is no contact shows no presence")
        try show(scene, "type='unavailable'")
        #expect(scene.requests.isEmpty && scene.closed.isEmpty)
        try show(scene, "type='unavailable'", client: "anna@home.test/b")
        #expect(scene.takeRequests().map(\.action) == [.keepConnected(false)])
        #expect(scene.presences.map(\.type) == [.unavailable, .unavailable], "each goodbye is answered (§4.5)")
        #expect(scene.presences.map { $0.head.to?.resource } == ["a", "b"])
    }

    @Test("a network that is a contact asks to see the user, and is available while the user is connected")
    func contact() throws {
        let scene = try scene()
        try scene.receive(from: "anna@home.test", "<presence type='subscribe'/>", to: "net@gw.test")
        #expect(scene.presences.map(\.type) == [.subscribed, .unavailable, .subscribe])
        try show(scene)
        scene.forget()
        scene.event(.state(.online(nick: "anna")), network: "net")
        let own = scene.presences.filter { $0.head.from?.local == "net" }
        #expect(own.map(\.type) == [.available] && own.first?.status == "connected as anna")
    }

    @Test("a login that fails is answered with a presence error, and the next presence tries again")
    func failed() throws {
        let scene = try scene()
        try show(scene)
        scene.forget()
        let failure = Failure(.notAuthorized, "The password is wrong.")
        scene.event(.state(.offline(failure, retrying: false)), network: "net")
        #expect(scene.presences.map(\.stanzaError?.condition) == [.notAuthorized])
        #expect(scene.presences.first?.head.id == "p" && scene.presences.first?.head.to?.resource == "a")
        try show(scene, "")
        #expect(scene.opened.count == 2 && scene.takeRequests().map(\.action) == [.keepConnected(true)])
        scene.event(.state(.online(nick: "anna")), network: "net")
        scene.forget()
        scene.event(.state(.offline(failure, retrying: false)), network: "net")
        #expect(scene.presences.isEmpty, "a connection that has been up is no failed login")
    }

    @Test("where users must register, the login of another user is refused")
    func notRegistered() throws {
        var rules = LiveRules()
        rules.description.registration = .required
        let scene = try Scene(rules)
        try show(scene)
        #expect(scene.presences.map(\.stanzaError?.condition) == [.registrationRequired])
        #expect(scene.opened.isEmpty && scene.requests.isEmpty)
    }

    @Test("a user who is connected to too many networks is refused")
    func refused() throws {
        let scene = try Scene.live { $0.networksPerUser = 1 }
        try show(scene)
        try show(scene, at: "other@gw.test")
        #expect(scene.presences.map(\.stanzaError?.condition) == [.policyViolation])
        #expect(scene.opened.count == 1)
    }

    @Test("a network that cannot stay connected by itself is left when no client and no room needs it")
    func withoutStaying() throws {
        let scene = try Scene.live()
        try show(scene)
        try scene.join()
        scene.grantAll()
        try show(scene, "type='unavailable'")
        #expect(scene.closed.isEmpty, "the user is in a room")
        try scene.leave()
        scene.grantAll()
        try show(scene)
        try show(scene, "type='unavailable'")
        #expect(scene.closed.map(\.network) == [LiveRules.network])
    }

    @Test("after a break of the stream the network asks for the clients, and a user without any is logged out")
    func streamBreak() throws {
        let scene = try scene()
        try show(scene)
        scene.forget()
        scene.post(.linkClosed)
        scene.post(.linkOpened)
        #expect(scene.presences.map(\.type) == [.probe] && scene.presences.first?.head.from?.local == "net")
        try show(scene, "type='unavailable'", client: "anna@home.test")
        #expect(scene.takeRequests().map(\.action) == [.keepConnected(false)])
    }

    @Test("a client whose stanzas bounce is gone, and the clients of one user are bounded")
    func gone() throws {
        let scene = try scene()
        for number in 0..<1_000 { try show(scene, client: "anna@home.test/\(number)") }
        #expect(scene.takeRequests().map(\.action) == [.keepConnected(true)])
        for number in 0..<LoginsOfUser.most { try show(scene, "type='error'", client: "anna@home.test/\(number)") }
        #expect(scene.takeRequests().map(\.action) == [.keepConnected(false)])
    }
}
