import GatewayKit
import Testing
import XMPP

@testable import GatewayCore

/// Messages that the user has sent by another program, as through a bouncer.
@Suite("Own messages")
struct OwnMessageTests {
    private func own(_ origin: InboundMessage.Origin) -> Event {
        .message(InboundMessage(from: origin, displayName: "anna", .text(Text("from elsewhere")), isOwn: true))
    }

    @Test("a message in a room is shown from the user's own nick")
    func room() throws {
        let scene = try Scene.inRoom()
        scene.event(own(.room(Scene.room, nick: "anna")), network: "net")
        #expect(scene.messages.map { $0.body } == ["from elsewhere"])
        #expect(scene.messages.first?.head.from?.resource == "anna" && scene.messages.first?.type == .groupchat)
    }

    @Test("a private message is not shown as one of the person who got it")
    func peer() throws {
        let scene = try Scene.inRoom()
        scene.event(own(.peer(PeerAddress(network: NetworkID("net"), name: "bob"))), network: "net")
        #expect(scene.messages.isEmpty)
    }

    @Test("a notice is marked, in a room and in private")
    func notices() throws {
        let scene = try Scene.inRoom()
        let room = InboundMessage.Origin.room(Scene.room, nick: "bob")
        for origin in [room, .peer(PeerAddress(network: NetworkID("net"), name: "bob"))] {
            scene.event(
                .message(InboundMessage(from: origin, .text(Text("beep", form: .notice)))), network: "net")
        }
        #expect(scene.messages.map { $0.body } == ["[notice] beep", "[notice] beep"])
    }
}
