import GatewayKit
import Registry
import Testing
import XMPP

@testable import GatewayCore

/// The questions of commands in a chat.
@Suite("Dialogues")
struct DialogueTests {
    private func saved(_ scene: Scene, network: NetworkID? = nil) throws -> [String: String]? {
        scene.accounts.saved(try #require(scene.kernel.users[UserID("anna@home.test")]), network: network)
    }

    @Test("`clear` deletes a stored password, also in the registry")
    func clearedSecret() throws {
        let scene = try Scene.live()
        for text in ["register anna", "s3cret", "done", "settings -"] { _ = try scene.chat(text) }
        #expect(try saved(scene) == ["nick": "anna", "password": "s3cret"])
        _ = try scene.chat("clear")
        _ = try scene.chat("done")
        #expect(try saved(scene) == ["nick": "anna"])
        #expect(scene.saved("anna@home.test") == ["nick": "anna"])
    }

    @Test("`done` keeps the answers that were given, also after `back` and after a refusal")
    func done() throws {
        let scene = try Scene.live()
        for text in ["register anna", "done"] { _ = try scene.chat(text) }
        for text in ["settings ben", "back", "-", "s3cret", "back", "back", "done"] { _ = try scene.chat(text) }
        #expect(try saved(scene) == ["nick": "anna", "password": "s3cret"], "'-' was the last answer for the nick")
        let stored = try StoredDeliveryTests.scene()
        stored.registryFailure = .conflict(key: "phone")
        for text in ["register +15550155", "s3cret"] { _ = try stored.chat(text) }
        stored.registryFailure = nil
        _ = try stored.chat("done")
        #expect(stored.saved("anna@home.test") == ["phone": "+15550100", "password": "s3cret"])
    }

    @Test("after a refusal, `back` leads through the fields in order")
    func backAfterRefusal() throws {
        let scene = try StoredDeliveryTests.scene()
        _ = try scene.chat("register 12", from: "ben@home.test/b")
        #expect(try scene.chat("s3cret", from: "ben@home.test/b") == ["That is not a number.\nYour number:"])
        #expect(try scene.chat("back", from: "ben@home.test/b").first?.hasPrefix("This is the first question.") == true)
        let next = try scene.chat("+15550111", from: "ben@home.test/b")
        #expect(next.first?.hasPrefix("You are registered") == true, "the password is answered already: \(next)")
    }

    @Test("the beginning of a word with a network is the command of that network")
    func prefixWithPlace() throws {
        let scene = try Scene.live()
        #expect(try scene.chat("sett net").first?.hasPrefix("Settings for net\n") == true)
        _ = try scene.chat("done")
        #expect(try saved(scene) == nil, "no nick has become 'net'")
    }

    @Test("a command that is being carried out cannot be cancelled, and its answer comes")
    func running() throws {
        let scene = try StoredDeliveryTests.scene()
        _ = try scene.chat("delete-data")
        scene.answersCommits = false
        _ = try scene.chat("yes")
        #expect(try scene.chat("cancel").isEmpty, "it waits for the registry")
        scene.answersCommits = true
        scene.forgetSent()
        scene.answerCommits()
        let words = scene.messages.compactMap(\.body)
        #expect(words.first?.hasSuffix("are deleted. You are not registered.") == true)
        #expect(words.last == "There is no command to cancel.")
    }

    @Test("the answer of an earlier command does not end the questions of a later one")
    func laterAnswer() throws {
        let scene = try StoredDeliveryTests.scene()
        scene.answersReads = false
        _ = try scene.chat("messages")
        #expect(try scene.chat("register").first?.hasSuffix("Your number (now +15550100; '-' keeps it):") == true)
        scene.forgetSent()
        scene.answerReads()
        #expect(scene.messages.count == 1)
        #expect(try scene.chat("+15550111").first?.hasPrefix("Password") == true)
    }
}
