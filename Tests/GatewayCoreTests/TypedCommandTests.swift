import GatewayKit
import Testing
import XML
import XMPP

@testable import GatewayCore

@Suite("Commands that people type")
struct TypedCommandTests {
    private static let bob = Address.peer(PeerAddress(network: LiveRules.network, name: "bob"))

    private func say(_ text: String, in scene: Scene) throws {
        try scene.receive(
            from: "anna@home.test/a",
            "<message id='m' type='groupchat' to='#harbour%net@gw.test'><body>\(text)</body></message>")
    }

    private func write(_ text: String, in scene: Scene) throws {
        try scene.receive(
            from: "anna@home.test/a",
            "<message id='m' type='chat' to='bob%net@gw.test'><body>\(text)</body></message>")
    }

    @Test(
        "a text that begins like a command is never said, neither in a room nor to a person",
        arguments: [
            "mode +k SECRET", "MODE +k SECRET", "mode+k SECRET", "mdoe +k SECRET", "nick x", "me", "x", "ME waves",
            "mode\n+k SECRET", "mode\t+k SECRET", "123",
        ])
    func commands(text: String) throws {
        let scene = try Scene.inRoom(commands: true)
        try say("/" + text, in: scene)
        #expect(try scene.takeRequest().action == .ask(.command(text, at: .room(Scene.room))))
        try write("/" + text, in: scene)
        #expect(try scene.takeRequest().action == .ask(.command(text, at: Self.bob)))
        #expect(scene.sent.isEmpty)
    }

    @Test(
        "two slashes, an action, a path and a lone slash are said",
        arguments: [
            ("//mode +k", Text("/mode +k")), ("/me waves", Text("waves", form: .action)),
            ("/usr/bin is full", Text("/usr/bin is full")), ("/ hello", Text("/ hello")), ("/", Text("/")),
            ("///", Text("//")),
        ])
    func said(typed: String, text: Text) throws {
        let scene = try Scene.inRoom(commands: true)
        try say(typed, in: scene)
        let request = try scene.takeRequest()
        #expect(request.action == .send(.text(text), to: .room(Scene.room)))
        scene.event(.outcome(request.id, .accepted(as: nil)), network: "net")
        #expect(scene.messages.map(\.body) == [text.visible])
        try write(typed, in: scene)
        #expect(try scene.takeRequest().action == .send(.text(text), to: Self.bob))
    }

    @Test("on a network without commands, a text with a slash is a text")
    func texts() throws {
        let scene = try Scene.inRoom()
        try say("/mode +k", in: scene)
        #expect(try scene.takeRequest().action == .send(.text(Text("/mode +k")), to: .room(Scene.room)))
    }

    @Test("the answer is for the client that has asked, from the room or from the network")
    func answers() throws {
        let scene = try Scene.inRoom(commands: true)
        try scene.join("anna@home.test/b")
        scene.forget()
        try say("/mode", in: scene)
        scene.event(.answer(try scene.takeRequest().id, .command(["+nt"])), network: "net")
        #expect(scene.messages.map(\.head.to?.resource) == ["a"])
        #expect(scene.messages.first?.head.from?.description == "#harbour%net@gw.test")
        #expect(scene.messages.first?.type == .groupchat && scene.messages.first?.body == "+nt")
        scene.forget()
        try write("/whois", in: scene)
        scene.event(.answer(try scene.takeRequest().id, .command([])), network: "net")
        #expect(scene.messages.first?.head.from?.description == "net@gw.test")
        #expect(scene.messages.map(\.body) == ["Done."])
        #expect(scene.messages.first?.first("private", namespace: "urn:xmpp:carbons:2") == nil)
    }

    @Test("a client that has left the room by its command gets no message of the room")
    func left() throws {
        let scene = try Scene.inRoom(commands: true)
        for lines in [[], ["You have left."]] {
            let scene = try Scene.inRoom(commands: true)
            try say("/part", in: scene)
            let request = try scene.takeRequest()
            scene.event(.room(Scene.room, .left(.left(reason: nil))), network: "net")
            scene.forget()
            scene.event(.answer(request.id, .command(lines)), network: "net")
            #expect(scene.messages.map(\.body) == lines)
            #expect(scene.messages.allSatisfy { $0.head.from?.description == "net@gw.test" })
        }
        try say("/part", in: scene)
        scene.event(.answer(try scene.takeRequest().id, .command([])), network: "net")
        #expect(scene.messages.map(\.body) == ["Done."])
    }

    @Test("a refused command comes back as an error with the id of the message")
    func refused() throws {
        let scene = try Scene.inRoom(commands: true)
        try say("/nonsense", in: scene)
        scene.event(
            .outcome(try scene.takeRequest().id, .failed(Failure(.notAcceptable, "There is no such command."))),
            network: "net")
        #expect(scene.messages.map(\.head.id) == ["m"])
        #expect(scene.messages.first?.stanzaError?.text == "There is no such command.")
        #expect(scene.messages.first?.head.from?.description == "#harbour%net@gw.test")
    }

    @Test("a client that is not in the room cannot type commands there")
    func outside() throws {
        let scene = try Scene.inRoom(commands: true)
        try scene.receive(
            from: "anna@home.test/other",
            "<message id='m' type='groupchat' to='#harbour%net@gw.test'><body>/mode</body></message>")
        #expect(scene.messages.first?.stanzaError?.condition == .notAcceptable)
        #expect(scene.requests.isEmpty)
    }
}
