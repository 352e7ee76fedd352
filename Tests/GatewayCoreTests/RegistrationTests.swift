import GatewayKit
import GatewayTesting
import Registry
import Testing
import XML
import XMPP

@testable import GatewayCore

@Suite("Registration")
struct RegistrationTests {
    private func ask(_ scene: Scene, _ type: String, _ query: String, from: String = "bob@home.test/b") throws -> IQ {
        try scene.receive(
            from: from, "<iq type='\(type)' id='r' to='gw.test'><query xmlns='jabber:iq:register'>\(query)</query></iq>"
        )
        return try #require(scene.iqs.last)
    }

    @Test("the form has the fields that the network needs")
    func form() throws {
        let scene = try StoredDeliveryTests.scene()
        let form = try Registration(try #require(try ask(scene, "get", "").payload.first))
        #expect(form.isRegistered == false && form.fields == [.phone: "", .password: ""])
        #expect(form.form?["phone"]?.isRequired == true)
        #expect(form.form?["password"]?.type == .textPrivate)
    }

    @Test("a submitted form is on disk before it is confirmed, and opens the session")
    func register() throws {
        let scene = try StoredDeliveryTests.scene()
        let answer = try ask(scene, "set", "<phone>+15550111</phone><password>pw</password>")
        #expect(answer.type == .result)
        let saved = try #require(scene.changes.first?.of(SaveAccount.self))
        #expect(saved.account.settings == ["phone": "+15550111", "password": "pw"])
        #expect(saved.account.secretKeys == ["password"] && saved.unique == ["phone"])
        #expect(scene.opened.last?.settings["phone"] == "+15550111")
        // A saved secret is not shown again.
        let form = try Registration(try #require(try ask(scene, "get", "").payload.first))
        #expect(form.isRegistered && form.fields == [.phone: "+15550111", .password: ""])
    }

    @Test("a removal right behind a registration is answered behind it, and removes it")
    func removalBehindRegistration() throws {
        let scene = try StoredDeliveryTests.scene()
        scene.answersCommits = false
        let form = "<phone>+15550112</phone><password>pw</password>"
        for (id, content) in [("1", form), ("2", "<remove/>")] {
            let query = "<query xmlns='jabber:iq:register'>\(content)</query>"
            try scene.receive(from: "anna@home.test/a", "<iq to='gw.test' type='set' id='\(id)'>\(query)</iq>")
        }
        #expect(scene.iqs.isEmpty)
        scene.answersCommits = true
        scene.answerCommits()
        #expect(scene.iqs.map(\.head.id) == ["1", "2"] && scene.iqs.allSatisfy { $0.type == .result })
        #expect(try ask(scene, "get", "").payload.first?.first("registered", namespace: "jabber:iq:register") == nil)
    }

    @Test("a registration by form is followed by words: what is registered, and what to do next; a repeat by none")
    func words() throws {
        let scene = try StoredDeliveryTests.scene()
        scene.forget()
        _ = try ask(scene, "set", "<phone>+15550111</phone><password>pw</password>")
        let words = try #require(scene.messages.first)
        #expect(
            words.body?.hasPrefix("You are registered with gw.test (Your number: +15550111).\nNext: add somebody")
                == true
        )
        #expect(words.type == .chat && words.head.from?.description == "gw.test" && words.head.to?.local == "bob")
        #expect(scene.messages.count == 1 && words.body?.contains("pw") == false)
        scene.forget()
        _ = try ask(scene, "set", "<phone>+15550111</phone><password>pw</password>")
        #expect(scene.messages.isEmpty)
    }

    @Test("while the registry has thousands of changes to write, new users are asked to wait, and others are not")
    func slowRegistry() throws {
        let scene = try StoredDeliveryTests.scene()
        scene.answersCommits = false
        for number in 0..<Kernel.mostUserWrites {
            try scene.receive(from: "u\(number)@home.test", "<presence type='subscribe' to='gw.test'/>")
        }
        scene.forget()
        let refusal = try #require(try ask(scene, "set", "<phone>+15550111</phone>").stanzaError)
        #expect(refusal.condition == .resourceConstraint && refusal.type == .wait)
        try scene.receive(from: "late@home.test", "<presence type='subscribe' to='gw.test' id='s'/>")
        let refused = try #require(scene.presences.first)
        #expect(refused.head.id == "s" && refused.stanzaError?.condition == .resourceConstraint)
        // Anna is registered.
        let before = scene.changes.count
        try scene.receive(
            from: "anna@home.test/a",
            "<iq type='set' id='r' to='gw.test'><query xmlns='jabber:iq:register'><phone>+15550112</phone></query></iq>"
        )
        #expect(scene.changes.count == before + 1)
        scene.answersCommits = true
        scene.answerCommits()
        #expect(try ask(scene, "set", "<phone>+15550111</phone>").type == .result)
        #expect(scene.kernel.userWrites == 0)
    }

    @Test(
        "a number that is missing, wrong or taken is refused with a text",
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

    @Test("a change without a password keeps the saved password, and restarts the session")
    func edit() throws {
        let scene = try StoredDeliveryTests.scene()
        _ = try ask(scene, "set", "<phone>+15550111</phone><password>pw</password>")
        _ = try ask(scene, "set", "<phone>+15550122</phone>")
        #expect(scene.opened.last?.settings == ["phone": "+15550122", "password": "pw"])
        #expect(scene.closed.count == 1)
    }

    @Test("unregistering removes all data and ends the subscription of every contact")
    func unregister() throws {
        let scene = try StoredDeliveryTests.scene()
        try scene.receive(from: "anna@home.test", "<presence type='subscribe' to='+15550199@gw.test'/>")
        scene.forget()
        let answer = try ask(scene, "set", "<remove/>", from: "anna@home.test/a")
        #expect(answer.type == .result)
        #expect(
            scene.changes.contains(
                .removeUser(gateway: "gw.test", UserID("anna@home.test"), unique: ["phone"], at: scene.now)))
        #expect(scene.presences.filter { $0.type == .unsubscribed }.count == 2)
        #expect(scene.closed.count == 1)
        try expectReminder(scene)
    }

    /// Lets somebody who is not registered write twice. Each message is refused, and the first brings words in a chat.
    private func expectReminder(_ scene: Scene) throws {
        scene.forget()
        for _ in 0..<2 {
            try scene.receive(
                from: "anna@home.test/a", "<message to='+15550199@gw.test' type='chat' id='m'><body>x</body></message>")
        }
        let refusals = scene.messages.map { $0.stanzaError?.condition }
        #expect(refusals == [.registrationRequired, nil, .registrationRequired])
        let reminder = scene.messages[1]
        #expect(reminder.body?.contains("Send 'register' here") == true)
        #expect(reminder.head.from?.description == "gw.test" && reminder.head.to?.description == "anna@home.test/a")
    }

    @Test("somebody who adds the gateway without a registration is told how to begin, and nobody else is")
    func welcome() throws {
        let scene = try StoredDeliveryTests.scene()
        scene.forget()
        try scene.receive(from: "carl@home.test", "<presence to='gw.test' type='subscribe'/>")
        #expect(scene.messages.compactMap(\.body).count { $0.contains("Send 'register' here to begin") } == 1)
        scene.forget()
        try scene.receive(from: "anna@home.test", "<presence to='gw.test' type='subscribe'/>")
        #expect(scene.messages.isEmpty)
    }

    @Test("unregistering ends every waiting message with an error")
    func forsaken() throws {
        let scene = try StoredDeliveryTests.scene()
        try scene.receive(
            from: "anna@home.test/a", "<message to='+15550199@gw.test' type='chat' id='m'><body>x</body></message>")
        scene.event(
            .outcome(try scene.takeRequest().id, .failed(Failure(.remoteDown, "away", retry: .after(.seconds(60))))),
            network: "phone")
        _ = try ask(scene, "set", "<remove/>", from: "anna@home.test/a")
        #expect(scene.messages.map(\.head.id) == ["m"])
        #expect(scene.messages.first?.stanzaError?.condition == .registrationRequired)
    }

    @Test("a user who is not registered cannot unregister")
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
        #expect(last.status == .completed)
        #expect(last.notes.count == 1, "some clients show only the first note")
        #expect(last.words.first == "You are registered with gw.test (Your number: +15550111).")
        #expect(last.words.last?.hasPrefix("Next: add somebody as a contact") == true)
        #expect(scene.messages.isEmpty, "the command has said it")
        #expect(scene.opened.last?.settings["phone"] == "+15550111")
        #expect(try Command(try #require(try run("", action: "cancel").payload.first)).status == .canceled)
    }

    /// The rules of a telephone network whose operator has assigned numbers to users.
    private struct AssignedRules: NetworkRules {
        let plain = StoredRules()
        let owners: [String: String]
        var description: AdapterDescription { plain.description }
        var networks: [NetworkID] { plain.networks }

        func address(localpart: String) throws(AddressError) -> Address { try plain.address(localpart: localpart) }
        func localpart(of address: Address) -> String { plain.localpart(of: address) }
        func normalize(_ typed: String) throws(AddressError) -> Address { try plain.normalize(typed) }
        func check(login: [String: String]) throws(Failure) -> [String: String] { try plain.check(login: login) }
        func network(for settings: [String: String]) -> NetworkID? { plain.network(for: settings) }
        func owner(of login: [String: String]) -> UserID? { login["phone"].flatMap { owners[$0] }.map { UserID($0) } }

        var assignments: [UniqueValue: UserID] {
            Dictionary(uniqueKeysWithValues: owners.map { (UniqueValue("phone", $0), UserID($1)) })
        }

        func authorize(_ login: [String: String], by user: UserID) throws(Failure) {
            guard owner(of: login) == user else { throw Failure(.forbidden, "not yours") }
        }
    }

    private static func account(_ user: String, _ phone: String) -> AccountRecord {
        AccountRecord(gateway: "gw.test", user: UserID(user), network: nil, settings: ["phone": phone])
    }

    @Test("a number of another user is refused, and a number that the user has already is not authorized again")
    func claims() throws {
        let rules = AssignedRules(owners: ["+15550111": "bea@home.test"])
        let known = GatewaySnapshot(accounts: [Self.account("bob@home.test", "+15550122")])
        let scene = try Scene(rules, snapshot: known)
        #expect(try ask(scene, "set", "<phone>+15550111</phone>").stanzaError?.condition == .forbidden)
        #expect(scene.changes.isEmpty)
        #expect(try ask(scene, "set", "<phone>+15550122</phone><password>new</password>").type == .result)
    }

    @Test("the registry is told that the operator has assigned the number, so that no quarantine applies")
    func assignment() throws {
        let scene = try Scene(AssignedRules(owners: ["+15550111": "bob@home.test"]))
        _ = try ask(scene, "set", "<phone>+15550111</phone>")
        let terms = try #require(scene.changes.first?.of(SaveAccount.self)).terms
        #expect(terms.isAssigned && terms.at == scene.now)
    }

    @Test("a user to whom the configuration gives a number is registered with it as soon as the user comes")
    func assignedByConfiguration() throws {
        let scene = try Scene(AssignedRules(owners: ["+15550111": "bob@home.test"]))
        try scene.receive(
            from: "bob@home.test/b", "<message to='+15550199@gw.test' type='chat' id='m'><body>x</body></message>")
        #expect(scene.saved("bob@home.test") == ["phone": "+15550111"] && scene.messages.isEmpty)
        #expect(scene.store.record(of: UserID("bob@home.test")).accounts.first?.settings == ["phone": "+15550111"])
        #expect(try ask(scene, "set", "<remove/>").type == .result)
        #expect(scene.saved("bob@home.test") == nil)
        // After a restart, the user who has unregistered stays so.
        let again = try Scene(AssignedRules(owners: ["+15550111": "bob@home.test"]))
        again.store = scene.store
        #expect(try Registration(try #require(try ask(again, "get", "").payload.first)).isRegistered == false)
    }

    @Test("a message to a number that the configuration gives to a user finds this user, who has never come")
    func inboundToAssigned() throws {
        let scene = try Scene(AssignedRules(owners: ["+15550111": "bob@home.test"]))
        scene.post(.wanted(UniqueValue("phone", "+15550111"), SearchToken(1)))
        #expect(scene.findings[SearchToken(1)] == .open)
        #expect(scene.opened.map(\.id.user) == [UserID("bob@home.test")])
    }

    @Test("a user whose number the operator has assigned to another user loses it at the start, and is told")
    func eviction() throws {
        let rules = AssignedRules(owners: ["+15550100": "bea@home.test"])
        let known = GatewaySnapshot(accounts: [
            Self.account("anna@home.test", "+15550100"), Self.account("carl@home.test", "+15550101"),
        ])
        let scene = try Scene(rules, snapshot: known)
        #expect(scene.opened.isEmpty && scene.loading.isEmpty)
        #expect(scene.kernel.users[UserID("carl@home.test")] == nil, "nobody else is loaded")
        let removed = scene.changes.compactMap { $0.of(RemoveAccount.self) }
        #expect(removed.map(\.user) == [UserID("anna@home.test")] && removed.map(\.unique) == [["phone"]])
        let told = try #require(scene.messages.first)
        #expect(told.head.to?.description == "anna@home.test" && told.body?.contains("not registered any more") == true)
        #expect(told.body?.contains("bea") == false)
    }

    @Test("a number in quarantine is refused with the day on which it becomes free")
    func quarantine() throws {
        let scene = try Scene(StoredRules())
        scene.registryFailure = .quarantined(key: "phone", until: Timestamp(secondsSince1970: 1_769_904_000))
        let error = try ask(scene, "set", "<phone>+15550111</phone>").stanzaError
        #expect(error?.condition == .conflict && error?.text?.contains("2026-02-01") == true)
    }
}
