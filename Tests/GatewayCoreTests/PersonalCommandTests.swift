import GatewayKit
import GatewayTesting
import Registry
import Testing
import XML
import XMPP

@testable import GatewayCore

/// The commands about a user's own rooms, contacts and data.
@Suite("Commands about one's own data")
struct PersonalCommandTests {
    private func contacts(in scene: Scene, of user: String = "anna@home.test") throws {
        for number in ["+15550198", "+15550199"] {
            try scene.receive(from: user, "<presence type='subscribe' to='\(number)@gw.test'/>")
        }
    }

    @Test("the rooms are listed with their nick and their people")
    func rooms() throws {
        let scene = try Scene.inRoom()
        #expect(try scene.command("rooms").rows == [["#harbour%net@gw.test", "anna", "2 people"]])
        #expect(try scene.chat("rooms") == ["One room:\n#harbour%net@gw.test, as anna, 2 people"])
        #expect(try scene.command("rooms", at: "other@gw.test").words.first?.hasPrefix("You are in no room.") == true)
    }

    @Test("the contacts are listed with their addresses")
    func contactList() throws {
        let scene = try StoredDeliveryTests.scene()
        #expect(try scene.chat("contacts") == ["You have no contacts here. Send 'add' to add one."])
        try contacts(in: scene)
        #expect(try scene.chat("contacts") == ["2 contacts:\n+15550198@gw.test\n+15550199@gw.test"])
        #expect(try scene.command("contacts").rows.map(\.first) == ["+15550198@gw.test", "+15550199@gw.test"])
    }

    @Test("the contacts are listed with their names, in a chat and in a form")
    func contactNames() throws {
        let scene = try Scene.live()
        try scene.receive(from: "anna@home.test", "<presence type='subscribe' to='bob%net@gw.test'/>")
        #expect(try scene.chat("contacts") == ["One contact:\nbob%net@gw.test, bob (net)"])
        #expect(try scene.command("contacts").rows == [["bob%net@gw.test", "bob (net)"]])
    }

    @Test("an added contact asks to be in the user's list")
    func add() throws {
        let scene = try StoredDeliveryTests.scene()
        let answer = try scene.chat("add +1555 0199")
        #expect(answer.first?.hasPrefix("Your client now shows a request from +15550199@gw.test.") == true)
        let request = try #require(scene.presences.first)
        #expect(request.type == .subscribe && request.head.from?.description == "+15550199@gw.test")
        #expect(request.head.to?.description == "anna@home.test")
    }

    @Test("the request of an added contact has a name and words")
    func addWithName() throws {
        let scene = try Scene.live()
        _ = try scene.chat("add bob")
        let request = try #require(scene.presences.first { $0.type == .subscribe })
        #expect(request.first("nick", namespace: Nickname.namespace)?.text == "bob (net)")
        #expect(request.status == "You have asked gw.test to add bob (net) to your contacts.")
    }

    @Test("an address that is none is asked for again, and a user who is not registered cannot add anybody")
    func addRefused() throws {
        let scene = try StoredDeliveryTests.scene()
        #expect(try scene.chat("add elephant") == ["A number starts with +.\nNumber:"])
        let again = try scene.command("add", by: "ben@home.test/b", ["address": ["elephant"]])
        #expect(again.form?["address"]?.explanation == "A number starts with +.")
        let refused = try scene.execute("add", by: "ben@home.test/b", ["address": ["+15550199"]])
        #expect(refused.stanzaError?.condition == .registrationRequired)
        #expect(scene.presences.isEmpty)
    }

    @Test("a network alone is no contact: the person is asked for next")
    func addOnNetwork() throws {
        var rules = LiveRules()
        rules.typedNetworks = true
        let scene = try Scene(rules)
        let question = try #require(try scene.chat("add net").first)
        #expect(question.hasPrefix("Add a contact\nnet is a network. Whom do you want to add there?"))
        #expect(question.hasSuffix("Name on net:"))
        #expect(try scene.chat("#harbour").first?.hasPrefix("'#harbour' is not the name of a person on net.") == true)
        let done = try scene.chat("bob")
        #expect(done.first?.hasPrefix("Your client now shows a request from bob%net@gw.test.") == true)
    }

    @Test("a room is no contact, and the address is asked for again")
    func addRoom() throws {
        let scene = try Scene(LiveRules())
        let words = "#harbour is a room. Enter it with your client, or name a person here.\nNick:"
        #expect(try scene.chat("add #harbour") == [words])
        #expect(try scene.chat("bob").first?.contains("bob%net@gw.test") == true)
    }

    @Test("all data of the user are one JSON document, without secrets and without the data of others")
    func export() throws {
        let scene = try StoredDeliveryTests.scene()
        try contacts(in: scene)
        _ = try scene.chat("register +15550177", from: "ben@home.test/b")
        _ = try scene.chat("s3cret \"quoted\"", from: "ben@home.test/b")
        try contacts(in: scene, of: "ben@home.test")
        let form = try #require(try scene.command("export", by: "ben@home.test/b").form)
        let document = form.values("document").joined(separator: "\n")
        #expect(document.hasPrefix("{\n  \"gateway\": \"gw.test\",\n  \"user\": \"ben@home.test\",\n"))
        #expect(document.contains("\"phone\": \"+15550177\"") && document.contains("\"+15550198@gw.test\""))
        #expect(document.contains("\"secrets that are stored\": [\n        \"password\"\n      ]"))
        #expect(!document.contains("s3cret") && !document.contains("anna"))
        #expect(try scene.chat("export", from: "ben@home.test/b").last == document)
    }

    @Test("an export is made twice, and then once a minute, because it reads much")
    func exportLimit() throws {
        let scene = try StoredDeliveryTests.scene()
        for _ in 0..<2 { #expect(try scene.chat("export").count == 2) }
        let words = "You can export your data twice, and then once a minute. Try again in a minute."
        #expect(try scene.chat("export") == [words])
        #expect(try scene.chat("export", from: "ben@home.test/b").count == 2, "others are not affected")
        scene.advance(by: .seconds(60))
        #expect(try scene.chat("export").count == 2)
    }

    @Test("characters that a client would change are escaped in the document")
    func escapes() {
        let value = ExportedValue.object([("a", .text("\"\\\u{7}\u{85}\u{2028}é\n")), ("b", .list([])), ("c", .null)])
        #expect(value.text == "{\n  \"a\": \"\\\"\\\\\\u0007\\u0085\\u2028é\\n\",\n  \"b\": [],\n  \"c\": null\n}")
    }

    @Test("a long document comes in several messages, whose texts make the document again")
    func pieces() {
        let lines = (0..<3_000).map { "line number \($0) of a long document" }
        let bodies = CommandResult(["Here:"], document: lines.joined(separator: "\n")).bodies
        #expect(bodies.count > 2 && bodies[0] == "Here:" && bodies.allSatisfy { $0.utf8.count <= 40_100 })
        #expect(bodies.dropFirst().joined(separator: "\n") == lines.joined(separator: "\n"))
    }

    @Test("data are deleted after a confirmation, also those of a user who is not registered")
    func deletion() throws {
        let scene = try Scene.live()
        try scene.receive(from: "anna@home.test", "<presence type='subscribe' to='bob%net@gw.test'/>")
        let refused = try scene.execute("delete-data", ["confirm": ["0"]])
        #expect(refused.stanzaError?.condition == .notAcceptable)
        #expect(scene.store.record(of: UserID("anna@home.test")).contacts.count == 1)
        #expect(try scene.command("delete-data", ["confirm": ["1"]]).status == .completed)
        #expect(scene.store.record(of: UserID("anna@home.test")) == UserRecord(user: UserID("anna@home.test")))
    }
}
