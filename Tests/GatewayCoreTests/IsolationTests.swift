import GatewayKit
import Registry
import Testing
import XML
import XMPP

@testable import GatewayCore

@Suite("A change affects only its own contact, user or network")
struct IsolationTests {
    private static let numbers = ["+15550177", "+15550188", "+15550199"]

    /// A scene with Anna and Ben, who are registered and have the same three contacts.
    private static func phones() throws -> Scene {
        let users = ["anna": "+15550100", "ben": "+15550101"].map { (UserID("\($0)@home.test"), $1) }
        let snapshot = GatewaySnapshot(
            accounts: users.map { user, phone in
                AccountRecord(gateway: "gw.test", user: user, network: nil, settings: ["phone": phone])
            })
        let contacts = users.flatMap { user, _ in
            numbers.map { ContactRecord(gateway: "gw.test", user: user, localpart: $0) }
        }
        let scene = try Scene(StoredRules(), snapshot: snapshot, contacts: contacts)
        scene.forget()
        return scene
    }

    /// The contacts whose presence a client of the user gets when it becomes available.
    private func contacts(of user: String, _ scene: Scene) throws -> [String] {
        scene.forget()
        try scene.receive(from: "\(user)@home.test/new", "<presence to='gw.test'/>")
        return scene.presences.filter { $0.type == .available }.compactMap { $0.head.from?.local }.sorted()
    }

    private func ask(_ scene: Scene, from user: String, to: String = "gw.test", _ query: String) throws -> IQ {
        let type = query.isEmpty ? "get" : "set"
        try scene.receive(
            from: "\(user)@home.test/a",
            "<iq type='\(type)' id='r' to='\(to)'><query xmlns='jabber:iq:register'>\(query)</query></iq>")
        return try #require(scene.iqs.last)
    }

    @Test("removing a contact leaves the user's other contacts and those of other users", arguments: numbers)
    func contact(number: String) throws {
        let scene = try Self.phones()
        try scene.receive(from: "anna@home.test", "<presence type='unsubscribe' to='\(number)@gw.test'/>")
        #expect(try contacts(of: "anna", scene) == Self.numbers.filter { $0 != number })
        #expect(try contacts(of: "ben", scene) == Self.numbers)
        scene.forget()
        for other in Self.numbers {
            try scene.receive(from: "anna@home.test", "<presence type='probe' to='\(other)@gw.test'/>")
        }
        #expect(scene.presences.map(\.type) == Self.numbers.map { $0 == number ? .unsubscribed : .available })
    }

    @Test("unregistering ends each subscription of this user with three presences, and none of other users")
    func unregister() throws {
        let scene = try Self.phones()
        #expect(try ask(scene, from: "anna", "<remove/>").type == .result)
        #expect(scene.presences.allSatisfy { $0.head.to?.description == "anna@home.test" })
        for address in Self.numbers.map({ "\($0)@gw.test" }) + ["gw.test"] {
            let told = scene.presences.filter { $0.head.from?.bare.description == address }.map(\.type)
            #expect(told == [.unsubscribe, .unsubscribed, .unavailable], "\(address)")
        }
        #expect(try contacts(of: "anna", scene) == [])
        #expect(try contacts(of: "ben", scene) == Self.numbers)
        scene.forget()
        #expect(try Registration(try #require(try ask(scene, from: "ben", "").payload.first)).isRegistered)
        #expect(try !Registration(try #require(try ask(scene, from: "anna", "").payload.first)).isRegistered)
    }

    @Test("a user with contacts, but without a registration, can unregister")
    func contactsOnly() throws {
        let scene = try Scene.live()
        try scene.receive(from: "anna@home.test", "<presence type='subscribe' to='bob%net@gw.test'/>")
        scene.forget()
        #expect(try ask(scene, from: "anna", "<remove/>").type == .result)
        let told = scene.presences.filter { $0.head.from?.bare.description == "bob%net@gw.test" }.map(\.type)
        #expect(told == [.unsubscribe, .unsubscribed, .unavailable])
        #expect(try ask(scene, from: "anna", "<remove/>").stanzaError?.condition == .registrationRequired)
    }

    @Test("settings of a network apply only there, and take precedence over the gateway's settings")
    func network() throws {
        let scene = try Scene.live()
        for (place, nick) in [("gw.test", "everywhere"), ("net@gw.test", "here")] {
            let form = "<nick>\(nick)</nick><password>\(nick)!</password>"
            #expect(try ask(scene, from: "anna", to: place, form).type == .result)
        }
        for (place, nick) in [("gw.test", "everywhere"), ("net@gw.test", "here"), ("other@gw.test", nil)] {
            let form = try Registration(try #require(try ask(scene, from: "anna", to: place, "").payload.first))
            #expect(form.isRegistered == (nick != nil))
            #expect(form.fields[.nick] == nick ?? "", "\(place)")
        }
        for network in ["net", "other"] {
            let join = "<presence to='#r%\(network)@gw.test/x'><x xmlns='http://jabber.org/protocol/muc'/></presence>"
            try scene.receive(from: "anna@home.test/a", join)
        }
        #expect(scene.opened.map(\.id.network.rawValue) == ["net", "other"])
        #expect(scene.opened.map(\.settings["nick"]) == ["here", "everywhere"])
        #expect(scene.opened.map(\.settings["password"]) == ["here!", "everywhere!"])
        #expect(scene.opened.map(\.preferredNick) == ["here", "everywhere"])
    }

    @Test("a user can unregister from the gateway, but not from one of its networks")
    func removalOnNetwork() throws {
        let scene = try Scene.live()
        #expect(try ask(scene, from: "anna", to: "net@gw.test", "<nick>here</nick>").type == .result)
        let refused = try ask(scene, from: "anna", to: "net@gw.test", "<remove/>")
        #expect(refused.stanzaError?.condition == .notAllowed)
        let form = try Registration(try #require(try ask(scene, from: "anna", to: "net@gw.test", "").payload.first))
        #expect(form.isRegistered)
    }
}
