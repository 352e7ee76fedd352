import GatewayKit
import Testing
import XML
import XMPP

@testable import GatewayCore

@Suite("The conversation with a network")
struct NetworkChatTests {
    private func write(_ text: String, type: String = "chat", in scene: Scene) throws {
        try scene.receive(
            from: "anna@home.test/a", "<message id='m' type='\(type)' to='net@gw.test'><body>\(text)</body></message>")
    }

    @Test("a message is a line of the network, and the reply comes back to the client that has asked")
    func raw() throws {
        let scene = try Scene.live(commands: true)
        try write("WHOIS bob", in: scene)
        #expect(scene.opened.map(\.id.network) == [LiveRules.network])
        let request = try scene.takeRequest()
        #expect(request.action == .ask(.raw("WHOIS bob")))
        scene.event(.answer(request.id, .raw(["bob is here", "End"])), network: "net")
        #expect(
            scene.takeSent().map { $0.replacing(#/ id='[^']*'/#, with: "") } == [
                "<message to='anna@home.test/a' from='net@gw.test' type='chat'><body>bob is here\nEnd</body>"
                    + "<private xmlns='urn:xmpp:carbons:2'/><no-copy xmlns='urn:xmpp:hints'/></message>"
            ])
    }

    @Test("a refused line is an error with the id")
    func refused() throws {
        let scene = try Scene.live(commands: true)
        try write("QUIT", in: scene)
        scene.event(
            .outcome(try scene.takeRequest().id, .failed(Failure(.notAcceptable, "Not that."))), network: "net")
        #expect(scene.messages.map(\.head.id) == ["m"] && scene.messages.first?.type == .error)
    }

    @Test("a command with a slash is a command; help is answered at once")
    func words() throws {
        let scene = try Scene.live(commands: true)
        try write("/whois bob", in: scene)
        #expect(
            try scene.takeRequest().action == .ask(.command("whois bob", at: .network(LiveRules.network))))
        try write("Help", in: scene)
        #expect(scene.requests.isEmpty && scene.messages.count == 1)
        #expect(scene.messages.first?.head.from?.description == "net@gw.test")
    }

    @Test("a message to a network without commands, and a groupchat message, are refused")
    func nobody() throws {
        let scene = try Scene.live()
        try write("WHOIS bob", in: scene)
        let other = try Scene.live(commands: true)
        try write("WHOIS bob", type: "groupchat", in: other)
        for scene in [scene, other] {
            #expect(scene.messages.first?.stanzaError?.condition == .serviceUnavailable)
            #expect(scene.requests.isEmpty && scene.opened.isEmpty)
        }
    }

    @Test("a greeting is shown once, and again only when it has changed")
    func greeting() throws {
        let scene = try Scene.inRoom()
        for text in ["Hello", "Hello", "Good day", "Good day", "Hello"] {
            scene.event(.state(.greeting(text)), network: "net")
        }
        #expect(scene.messages.map(\.body) == ["Hello", "Good day", "Hello"])
        #expect(scene.messages.first?.type == .headline)
    }
}
