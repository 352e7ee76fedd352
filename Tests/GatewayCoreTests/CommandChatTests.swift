import GatewayKit
import Registry
import Testing
import XMPP

@testable import GatewayCore

/// Commands in a chat with the gateway, as a person uses them whose client has neither forms nor commands.
@Suite("Commands in a chat")
struct CommandChatTests {
    /// Writes to the gateway and returns the texts of its answers.
    private func write(
        _ text: String, from client: String = "ben@home.test/b", to place: String = "gw.test", in scene: Scene
    ) throws -> [String] {
        scene.forgetSent()
        let text = text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
        let id = scene.newMessageID()
        try scene.receive(from: client, "<message type='chat' id='\(id)'><body>\(text)</body></message>", to: place)
        #expect(scene.messages.allSatisfy { $0.head.to?.description == client && $0.head.from?.description == place })
        return scene.messages.map { $0.body ?? "error: \($0.stanzaError?.condition.rawValue ?? "")" }
    }

    @Test("help lists the commands that the user may execute")
    func help() throws {
        let scene = try StoredDeliveryTests.scene()
        for word in ["help", "Help", "?"] {
            let lines = try write(word, in: scene).first?.split(separator: "\n") ?? []
            #expect(lines.contains("register: Register or change my settings"))
            #expect(!lines.contains { $0.hasPrefix("disconnect-user:") }, "this one is for operators")
        }
        let message = try #require(scene.messages.first)
        #expect(
            message.first("no-copy", namespace: "urn:xmpp:hints") == nil
                && message.first("private", namespace: "urn:xmpp:carbons:2") == nil,
            "the other clients of the user have a copy of the question, and get one of the answer")
    }

    @Test("help names the networks by name, each with the addresses of a room and of a person")
    func helpWithNetworks() throws {
        let scene = try Scene.live()
        let lines = try write("help", in: scene).first?.split(separator: "\n") ?? []
        let examples = lines.drop { $0 != "Examples of addresses:" }.dropFirst()
        #expect(
            examples.prefix(2) == [
                "net: a room is #quay%net@gw.test, a person is nick%net@gw.test",
                "other: a room is #quay%other@gw.test, a person is nick%other@gw.test",
            ])
        let own = try write("help", to: "net@gw.test", in: scene).first ?? ""
        #expect(own.contains("\nnet: a room is #quay%net@gw.test") && !own.contains("other:"))
    }

    @Test("help names twenty networks, and counts the others")
    func helpWithManyNetworks() throws {
        var rules = LiveRules()
        rules.networks = (10..<35).map { NetworkID("n\($0)") }.reversed()
        let lines = try write("help", in: try Scene(rules)).first?.split(separator: "\n") ?? []
        #expect(lines.contains { $0.hasPrefix("n10: ") } && lines.contains { $0.hasPrefix("n29: ") })
        #expect(!lines.contains { $0.hasPrefix("n30: ") } && lines.contains("and 5 more"))
    }

    @Test("a person registers field by field, and is told what was registered and what to do next")
    func register() throws {
        let scene = try StoredDeliveryTests.scene()
        let first = try #require(try write("register", in: scene).first)
        #expect(first.hasPrefix("Phone registration\nEnter your number.\n") && first.hasSuffix("\nYour number:"))
        let second = try #require(try write("+15550111", in: scene).first)
        #expect(second.hasPrefix("Password (optional;"))
        let last = try #require(try write("s3cret", in: scene).first)
        #expect(last.hasPrefix("You are registered with gw.test (Your number: +15550111).\nNext: add somebody"))
        #expect(!last.contains("s3cret"))
        #expect(scene.saved("ben@home.test") == ["phone": "+15550111", "password": "s3cret"])
    }

    @Test("the rest of the first message answers the first question, and `done` leaves the others as they are")
    func oneLine() throws {
        let scene = try StoredDeliveryTests.scene()
        #expect(try write("register +15550111", in: scene).first?.hasPrefix("Password (optional;") == true)
        _ = try write("done", in: scene)
        #expect(scene.saved("ben@home.test") == ["phone": "+15550111"])
    }

    @Test(
        "the beginning of a word is enough if no other word begins with it", arguments: ["reg", "REGI", " Register "])
    func prefix(word: String) throws {
        let scene = try StoredDeliveryTests.scene()
        #expect(try write(word, in: scene).first?.hasPrefix("Phone registration") == true)
    }

    @Test("an ambiguous beginning is answered with the words that begin so")
    func ambiguous() throws {
        var rules = LiveRules()
        rules.description.connectionCommands = ConnectionCommandNames(info: "i", disconnect: "d", networks: "n")
        let scene = try Scene(rules)
        #expect(try write("re", in: scene) == ["'re' can mean register or reconnect. Write more letters."])
    }

    @Test("a wrong answer is told in words, and the question comes again")
    func wrongAnswer() throws {
        let scene = try StoredDeliveryTests.scene()
        _ = try write("register", in: scene)
        #expect(try write("-", in: scene) == ["Fill in 'Your number'.\nYour number:"])
        #expect(try write("done", in: scene) == ["Your number:"])
        _ = try write("12", in: scene)
        // The rules of the network see the number when all fields are filled in. Only that field is asked for again.
        let refused = try #require(try write("s3cret", in: scene).first)
        #expect(refused == "That is not a number.\nYour number:")
        #expect(scene.saved("ben@home.test") == nil)
        _ = try write("+15550111", in: scene)
        #expect(scene.saved("ben@home.test") == ["phone": "+15550111", "password": "s3cret"])
    }

    @Test("a number that the registry refuses is asked for again, and the other answers stay")
    func conflict() throws {
        let scene = try StoredDeliveryTests.scene()
        scene.registryFailure = .conflict(key: "phone")
        _ = try write("register +15550100", in: scene)
        let again = try #require(try write("s3cret", in: scene).first)
        #expect(again.hasPrefix("+15550100 is in use by another user.") && again.contains("\nYour number"))
        scene.registryFailure = nil
        #expect(try write("+15550111", in: scene).first?.hasPrefix("You are registered") == true)
        #expect(scene.saved("ben@home.test") == ["phone": "+15550111", "password": "s3cret"])
    }

    @Test("`cancel` ends the dialogue, and nothing is stored")
    func cancel() throws {
        let scene = try StoredDeliveryTests.scene()
        _ = try write("register +15550111", in: scene)
        #expect(try write("cancel", in: scene) == ["Phone registration: cancelled. Nothing was changed."])
        #expect(try write("cancel", in: scene) == ["There is no command to cancel."])
        #expect(scene.saved("ben@home.test") == nil)
    }

    @Test("`back` asks for the field before, and `=` protects a text that is a control word")
    func back() throws {
        let scene = try StoredDeliveryTests.scene()
        _ = try write("register +15550199", in: scene)
        #expect(try write("back", in: scene) == ["Your number:"])
        #expect(try write("back", in: scene).first?.hasPrefix("This is the first question.") == true)
        _ = try write("+15550111", in: scene)
        _ = try write("=cancel", in: scene)
        #expect(scene.saved("ben@home.test") == ["phone": "+15550111", "password": "cancel"])
    }

    @Test("a stored secret is kept by `-` and never shown, and `clear` empties an optional field")
    func secrets() throws {
        let scene = try Scene.live()
        _ = try write("register anna", in: scene)
        _ = try write("s3cret", in: scene)
        _ = try write("done", in: scene)
        let question = try write("settings", in: scene).joined()
        #expect(question.contains("now anna; '-' keeps it") && !question.contains("s3cret"))
        let secret = try write("clear", in: scene).joined()
        #expect(secret.contains("a value is stored; '-' keeps it") && !secret.contains("s3cret"))
        _ = try write("-", in: scene)
        _ = try write("done", in: scene)
        #expect(scene.saved("ben@home.test") == ["password": "s3cret"])
    }

    @Test("a choice is its number or the beginning of it", arguments: ["2", "bl", "BLUE", "blue"])
    func choice(answer: String) throws {
        let scene = try Scene.live()
        _ = try write("settings net", in: scene)
        for text in ["-", "-", "-"] { _ = try write(text, in: scene) }
        let question = try write("one\ntwo", in: scene).joined()
        #expect(question.contains("1. red\n2. blue"))
        #expect(try write(answer, in: scene).first?.contains("Colour: blue") == true)
        let user = try #require(scene.kernel.users[UserID("ben@home.test")])
        #expect(
            scene.accounts.saved(user, network: LiveRules.network) == ["greetings": "one\ntwo", "colour": "blue"])
    }

    @Test("a dialogue belongs to one client and one address, and ends after an hour")
    func bound() throws {
        let scene = try StoredDeliveryTests.scene()
        _ = try write("register", in: scene)
        #expect(try write("+15550111", from: "ben@home.test/other", in: scene).first?.contains("Send 'help'") == true)
        scene.advance(by: .seconds(3601))
        #expect(try write("+15550111", in: scene).first?.contains("have ended") == true)
        #expect(try write("+15550111", in: scene).first?.contains("Send 'help'") == true)
        #expect(scene.saved("ben@home.test") == nil)
    }

    @Test("two programs do not answer each other for ever: after five texts that are no command comes an error")
    func loop() throws {
        let scene = try StoredDeliveryTests.scene()
        for _ in 0..<5 { #expect(try write("I am a robot", in: scene).first?.contains("Send 'help'") == true) }
        #expect(try write("I am a robot", in: scene) == ["error: service-unavailable"])
        _ = try write("help", in: scene)
        #expect(try write("I am a robot", in: scene).first?.contains("Send 'help'") == true)
    }

    @Test("unregistering asks for a confirmation")
    func unregister() throws {
        let scene = try StoredDeliveryTests.scene()
        let ask = { try write($0, from: "anna@home.test/a", in: scene) }
        #expect(try ask("unregister").first?.hasSuffix("Are you sure? (yes or no):") == true)
        for empty in ["", " ", "="] { #expect(try ask(empty).first?.hasPrefix("Fill in 'Are you sure?'.") == true) }
        #expect(try ask("yesterday").first?.hasPrefix("Answer 'Are you sure?' with yes or no.") == true)
        #expect(try ask("n").first?.hasPrefix("Nothing was changed") == true)
        #expect(scene.saved("anna@home.test") != nil)
        _ = try ask("unregister")
        #expect(try ask("ye").first?.hasSuffix("are deleted. You are not registered.") == true)
        #expect(scene.saved("anna@home.test") == nil)
        #expect(try ask("unregister") == ["You are not registered. To register, send 'register'."])
    }

    @Test("the unfinished dialogues of one user are limited")
    func limit() throws {
        let scene = try StoredDeliveryTests.scene()
        for number in 0...CommandSessions.most { _ = try write("register", from: "ben@home.test/\(number)", in: scene) }
        #expect(try write("+15550111", from: "ben@home.test/0", in: scene).first?.contains("have ended") == true)
        #expect(try write("+15550111", from: "ben@home.test/1", in: scene).first?.hasPrefix("Password") == true)
    }
}
