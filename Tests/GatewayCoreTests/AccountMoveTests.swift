import GatewayKit
import GatewayTesting
import Registry
import Testing
import XMPP

@testable import GatewayCore

@Suite("Moving to another address")
struct AccountMoveTests {
    @Test("both addresses confirm the move, and then all data belong to the new one")
    func move() throws {
        let scene = try StoredDeliveryTests.scene()
        try scene.receive(from: "anna@home.test", "<presence type='subscribe' to='+15550199@gw.test'/>")
        let offer = try scene.chat("move anna@new.test")
        #expect(offer.first?.contains("send 'accept-move anna@home.test' to gw.test") == true)
        #expect(scene.saved("anna@home.test") != nil, "nothing happens before the new address accepts")
        let answer = try scene.chat("accept-move anna@home.test", from: "anna@new.test/a")
        #expect(answer.first?.hasPrefix("All data of anna@home.test belong to anna@new.test now.") == true)
        #expect(scene.saved("anna@home.test") == nil)
        #expect(scene.saved("anna@new.test")?["phone"] == "+15550100")
        #expect(scene.opened.last?.id.user == UserID("anna@new.test"))
        let ended = scene.presences.filter { $0.head.to?.description == "anna@home.test" && $0.type == .unsubscribed }
        #expect(ended.contains { $0.head.from?.description == "+15550199@gw.test" })
        #expect(try scene.chat("contacts", from: "anna@new.test/a") == ["One contact:\n+15550199@gw.test"])
    }

    @Test("nobody can take over data that were not offered to them, or that were offered more than a day ago")
    func notOffered() throws {
        let scene = try StoredDeliveryTests.scene()
        _ = try scene.chat("move anna@new.test")
        let mallory = try scene.command("accept-move", by: "mallory@home.test/m", ["jid": ["anna@home.test"]])
        #expect(mallory.form?["jid"]?.explanation?.contains("has not offered") == true)
        scene.advance(by: .seconds(86_401))
        let late = try scene.command("accept-move", by: "anna@new.test/a", ["jid": ["anna@home.test"]])
        #expect(late.form?["jid"]?.explanation?.contains("has not offered") == true)
        #expect(scene.saved("anna@home.test") != nil)
    }

    @Test("an address with data of its own takes over nothing")
    func hasData() throws {
        let scene = try StoredDeliveryTests.scene()
        try scene.receive(from: "ben@home.test", "<presence type='subscribe' to='gw.test'/>")
        _ = try scene.chat("move ben@home.test")
        let refused = try scene.execute("accept-move", by: "ben@home.test/b", ["jid": ["anna@home.test"]])
        #expect(refused.stanzaError?.condition == .conflict)
    }

    @Test(
        "only another address of a person who may use the gateway can be the new one",
        arguments: ["anna@home.test", "home.test", "anna@stranger.test", "anna@home.test/a", "@"])
    func wrongAddress(address: String) throws {
        let scene = try StoredDeliveryTests.scene()
        let answer = try scene.command("move", ["jid": [address]])
        #expect(answer.status == .executing && answer.form?["jid"]?.explanation?.isEmpty == false)
    }

    // MARK: What moves

    @Test("a text that the old address's server has returned comes to the new address")
    func returnedText() throws {
        let scene = try StoredDeliveryTests.scene()
        scene.event(text("hi", "p1"), network: "phone", token: 1)
        try bounce(scene)
        _ = try scene.chat("move anna@new.test")
        _ = try scene.chat("accept-move anna@home.test", from: "anna@new.test/a")
        scene.forget()
        try scene.receive(from: "anna@new.test/a", "<presence to='gw.test'/>")
        #expect(scene.messages.map(\.body) == ["hi"])
        #expect(scene.messages.first?.head.to?.description == "anna@new.test")
    }

    @Test("a text that was on its way during the move, and is returned, comes to the new address")
    func textOnItsWay() throws {
        let scene = try StoredDeliveryTests.scene()
        scene.event(text("hi", "p1"), network: "phone", token: 1)
        let sent = try #require(scene.messages.last?.head.id)
        _ = try scene.chat("move anna@new.test")
        _ = try scene.chat("accept-move anna@home.test", from: "anna@new.test/a")
        try bounce(scene, sent)
        scene.forget()
        try scene.receive(from: "anna@new.test/a", "<presence to='gw.test'/>")
        #expect(scene.messages.map(\.body) == ["hi"])
    }

    @Test("a failure that waits for a client of the old address is told to the new one")
    func heldFailure() throws {
        let scene = try StoredDeliveryTests.scene()
        try scene.receive(from: "anna@home.test/a", "<presence to='gw.test'/>")
        try scene.receive(
            from: "anna@home.test/a", "<message to='+15550199@gw.test' type='chat' id='a1'><body>x</body></message>")
        let id = try scene.takeRequest().id
        _ = try scene.chat("move anna@new.test")
        try scene.receive(from: "anna@home.test/a", "<presence type='unavailable' to='gw.test'/>")
        scene.event(.outcome(id, .failed(Failure(.notFound, "no such number"))), network: "phone", token: 1)
        #expect(scene.messages.filter { $0.type == .error }.isEmpty, "it waits")
        scene.forget()
        try accept(scene)
        let error = try #require(scene.messages.first { $0.type == .error })
        #expect(error.head.to?.description == "anna@new.test" && error.head.id == "a1")
    }

    // MARK: Refusals

    private func accept(_ scene: Scene, expecting: StanzaError.Condition? = nil) throws {
        let answer = try scene.execute("accept-move", by: "anna@new.test/a", ["jid": ["anna@home.test"]])
        #expect(answer.stanzaError?.condition == expecting)
    }

    @Test("messages that wait to be sent hold up a move")
    func waitingMessages() throws {
        let scene = try StoredDeliveryTests.scene()
        _ = try scene.chat("move anna@new.test")
        try scene.receive(
            from: "anna@home.test/a", "<message to='+15550199@gw.test' type='chat' id='a1'><body>x</body></message>")
        let id = try scene.takeRequest().id
        try accept(scene, expecting: .conflict)
        #expect(scene.saved("anna@home.test") != nil)
        scene.event(.outcome(id, .accepted(as: nil)), network: "phone", token: 1)
        try accept(scene)
        #expect(scene.saved("anna@new.test")?["phone"] == "+15550100")
    }

    @Test("data in the registry that the new address got meanwhile are not overwritten")
    func conflict() throws {
        let scene = try StoredDeliveryTests.scene()
        _ = try scene.chat("move anna@new.test")
        _ = try scene.chat("help", from: "anna@new.test/a")
        let contact = ContactRecord(gateway: "gw.test", user: UserID("anna@new.test"), localpart: "+15550111")
        _ = scene.store.apply(.saveContact(contact))
        try accept(scene, expecting: .conflict)
        #expect(scene.saved("anna@home.test") != nil)
    }

    @Test("while a change of the new address is being stored, a move is refused for a moment")
    func busy() throws {
        let scene = try StoredDeliveryTests.scene()
        _ = try scene.chat("move anna@new.test")
        scene.answersCommits = false
        _ = try scene.chat("help", from: "anna@new.test/a")
        try scene.receive(from: "anna@new.test", "<presence type='subscribe' to='gw.test'/>")
        let answer = try scene.chat("accept-move anna@home.test", from: "anna@new.test/a")
        #expect(answer.first?.hasPrefix("Another change of these data is being stored.") == true)
    }

    @Test("a suspended address cannot give its data to another one")
    func suspended() throws {
        let scene = try StoredDeliveryTests.scene()
        _ = try scene.chat("move anna@new.test")
        scene.kernel.restrictions["anna@home.test"] = Restriction(
            subject: "anna@home.test", kind: .suspended, reason: nil, setBy: "ops@home.test", setAt: scene.now)
        let refused = try scene.command("accept-move", by: "anna@new.test/a", ["jid": ["anna@home.test"]])
        #expect(refused.form?["jid"]?.explanation?.contains("may not use this gateway") == true)
        #expect(scene.saved("anna@home.test") != nil)
    }

    @Test("an offer can be withdrawn, and ends when the data are deleted")
    func withdrawn() throws {
        let scene = try StoredDeliveryTests.scene()
        _ = try scene.chat("move anna@new.test")
        #expect(try scene.chat("move anna@home.test") == ["Your offer is withdrawn. Nothing has changed."])
        let late = try scene.command("accept-move", by: "anna@new.test/a", ["jid": ["anna@home.test"]])
        #expect(late.form?["jid"]?.explanation?.contains("has not offered") == true)
        _ = try scene.chat("move anna@new.test")
        _ = try scene.command("delete-data", ["confirm": ["1"]])
        let gone = try scene.command("accept-move", by: "anna@new.test/a", ["jid": ["anna@home.test"]])
        #expect(gone.form?["jid"]?.explanation?.contains("has not offered") == true)
    }

    @Test("a number of the configuration does not move, because the old address would get it again")
    func assigned() throws {
        let scene = try Scene(AssignedRules())
        _ = try scene.chat("help")
        let refused = try scene.command("move", ["jid": ["anna@new.test"]])
        #expect(refused.form?["jid"]?.explanation?.contains("has given you your number") == true)
    }

    @Test("if the moved data cannot be read, the answer waits until they are")
    func failedRead() throws {
        let scene = try StoredDeliveryTests.scene()
        _ = try scene.chat("move anna@new.test")
        _ = try scene.chat("help", from: "anna@new.test/a")
        scene.readFailure = .unavailable("disk full")
        #expect(try scene.chat("accept-move anna@home.test", from: "anna@new.test/a").isEmpty)
        scene.readFailure = nil
        scene.forget()
        scene.advance(by: .seconds(5))
        #expect(scene.messages.last?.body?.hasPrefix("All data of anna@home.test belong to") == true)
        #expect(scene.saved("anna@new.test")?["phone"] == "+15550100")
    }

    @Test("the data of an old address that is not loaded are read before they move")
    func notLoaded() throws {
        let scene = try StoredDeliveryTests.scene()
        _ = try scene.chat("move anna@new.test")
        scene.event(.state(.offline(Failure(.remoteDown, "gone"), retrying: false)), network: "phone")
        for number in 0...3 * Users.most {
            try scene.receive(
                from: "u\(number)@home.test/x", "<iq type='get' id='p'><ping xmlns='urn:xmpp:ping'/></iq>",
                to: "gw.test")
        }
        try #require(scene.kernel.users[UserID("anna@home.test")] == nil)
        try accept(scene)
        #expect(scene.store.record(of: UserID("anna@new.test")).accounts.count == 1)
        #expect(scene.saved("anna@new.test")?["phone"] == "+15550100")
    }

    // MARK: Texts

    private func text(_ text: String, _ id: String) -> Event {
        let peer = PeerAddress(network: StoredRules.network, name: "+15550199")
        return .message(InboundMessage(from: .peer(peer), text: text, id: MessageID(id)))
    }

    /// Lets the server of the old address return a message; by default the last one.
    private func bounce(_ scene: Scene, _ id: String? = nil) throws {
        let last = try #require(id ?? scene.messages.last?.head.id)
        try scene.receive(
            from: "anna@home.test",
            "<message type='error' id='\(last)' to='+15550199@gw.test'><error type='cancel'><service-unavailable "
                + "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>")
    }

    /// Rules that give anna a number.
    private struct AssignedRules: NetworkRules {
        let plain = StoredRules()
        var networks: [NetworkID] { plain.networks }
        var description: AdapterDescription { plain.description }
        var assignments: [UniqueValue: UserID] {
            [UniqueValue("phone", "+15550100"): UserID("anna@home.test")]
        }

        func address(localpart: String) throws(AddressError) -> Address { try plain.address(localpart: localpart) }
        func localpart(of address: Address) -> String { plain.localpart(of: address) }
        func normalize(_ typed: String) throws(AddressError) -> Address { try plain.normalize(typed) }
        func check(login values: [String: String]) throws(Failure) -> [String: String] {
            try plain.check(login: values)
        }
        func network(for settings: [String: String]) -> NetworkID? { plain.network(for: settings) }
    }
}
