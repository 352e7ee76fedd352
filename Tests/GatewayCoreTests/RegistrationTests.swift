import GatewayKit
import Registry
import Testing
import XML
import XMPP

@testable import GatewayCore

@Suite("Registering")
struct RegistrationTests {
    private func ask(_ scene: Scene, _ type: String, _ query: String, from: String = "bob@home.test/b") throws -> IQ {
        try scene.receive(
            from: from, "<iq type='\(type)' id='r' to='gw.test'><query xmlns='jabber:iq:register'>\(query)</query></iq>"
        )
        return try #require(scene.iqs.last)
    }

    @Test("the form asks for what the network needs")
    func form() throws {
        let scene = try StoredDeliveryTests.scene()
        let form = try Registration(try #require(try ask(scene, "get", "").payload.first))
        #expect(form.isRegistered == false && form.fields == [.phone: "", .password: ""])
        #expect(form.form?["phone"]?.isRequired == true)
        #expect(form.form?["password"]?.type == .textPrivate)
    }

    @Test("a filled-in form is on disk before it is confirmed, and opens the session")
    func register() throws {
        let scene = try StoredDeliveryTests.scene()
        let answer = try ask(scene, "set", "<phone>+15550111</phone><password>pw</password>")
        #expect(answer.type == .result)
        guard case .saveAccount(let account, let unique) = scene.changes.first else {
            return #expect(Bool(false), "changes: \(scene.changes)")
        }
        #expect(account.settings == ["phone": "+15550111", "password": "pw"])
        #expect(account.secretKeys == ["password"] && unique == ["phone"])
        #expect(scene.opened.last?.settings["phone"] == "+15550111")
        // What is secret is not shown again.
        let form = try Registration(try #require(try ask(scene, "get", "").payload.first))
        #expect(form.isRegistered && form.fields == [.phone: "+15550111", .password: ""])
    }

    @Test(
        "a number that is missing, wrong or taken is refused in words",
        arguments: [
            ("", nil, StanzaError.Condition.notAcceptable), ("<phone>12</phone>", nil, .notAcceptable),
            ("<phone>+15550111</phone>", RegistryError.conflict(key: "phone"), .conflict),
            ("<phone>+15550111</phone>", .unavailable("disk full"), .resourceConstraint),
        ])
    func refused(query: String, failure: RegistryError?, condition: StanzaError.Condition) throws {
        let scene = try StoredDeliveryTests.scene()
        scene.registryFailure = failure
        let answer = try ask(scene, "set", query)
        #expect(answer.stanzaError?.condition == condition)
        #expect(answer.stanzaError?.text?.isEmpty == false)
        #expect(!scene.opened.contains { $0.id.user == UserID("bob@home.test") })
    }

    @Test("a change keeps the password that was not typed again, and starts the session anew")
    func edit() throws {
        let scene = try StoredDeliveryTests.scene()
        _ = try ask(scene, "set", "<phone>+15550111</phone><password>pw</password>")
        _ = try ask(scene, "set", "<phone>+15550122</phone>")
        #expect(scene.opened.last?.settings == ["phone": "+15550122", "password": "pw"])
        #expect(scene.closed.count == 1)
    }

    @Test("unregistering removes everything and says goodbye to every contact")
    func unregister() throws {
        let scene = try StoredDeliveryTests.scene()
        try scene.receive(from: "anna@home.test", "<presence type='subscribe' to='+15550199@gw.test'/>")
        scene.forget()
        let answer = try ask(scene, "set", "<remove/>", from: "anna@home.test/a")
        #expect(answer.type == .result)
        #expect(scene.changes.contains(.removeUser(gateway: "gw.test", UserID("anna@home.test"))))
        #expect(scene.presences.filter { $0.type == .unsubscribed }.count == 2)
        #expect(scene.closed.count == 1)
        try scene.receive(
            from: "anna@home.test/a", "<message to='+15550199@gw.test' type='chat' id='m'><body>x</body></message>")
        #expect(scene.messages.last?.stanzaError?.condition == .registrationRequired)
    }

    @Test("unregistering tells of every message that was still waiting")
    func forsaken() throws {
        let scene = try StoredDeliveryTests.scene()
        try scene.receive(
            from: "anna@home.test/a", "<message to='+15550199@gw.test' type='chat' id='m'><body>x</body></message>")
        scene.event(
            .failed(try scene.takeRequest().id, Failure(.remoteDown, "away", retry: .after(.seconds(60)))),
            network: "phone")
        _ = try ask(scene, "set", "<remove/>", from: "anna@home.test/a")
        #expect(scene.messages.map(\.head.id) == ["m"])
        #expect(scene.messages.first?.stanzaError?.condition == .registrationRequired)
    }

    @Test("who is not registered cannot unregister")
    func stranger() throws {
        let scene = try StoredDeliveryTests.scene()
        #expect(try ask(scene, "set", "<remove/>").stanzaError?.condition == .registrationRequired)
    }

    @Test("the same form is an ad-hoc command")
    func command() throws {
        let scene = try StoredDeliveryTests.scene()
        func run(_ inside: String, action: String = "execute") throws -> IQ {
            try scene.receive(
                from: "bob@home.test/b",
                "<iq type='set' id='c' to='gw.test'><command xmlns='http://jabber.org/protocol/commands' node='register' "
                    + "action='\(action)'>\(inside)</command></iq>")
            return try #require(scene.iqs.last)
        }
        let first = try Command(try #require(try run("").payload.first))
        #expect(first.status == .executing && first.form?["phone"] != nil && first.sessionID != nil)
        let filled =
            "<x xmlns='jabber:x:data' type='submit'><field var='phone'><value>+15550111</value></field></x>"
        let last = try Command(try #require(try run(filled, action: "complete").payload.first))
        #expect(last.status == .completed && last.notes.count == 1)
        #expect(scene.opened.last?.settings["phone"] == "+15550111")
        #expect(try Command(try #require(try run("", action: "cancel").payload.first)).status == .canceled)
    }
}
