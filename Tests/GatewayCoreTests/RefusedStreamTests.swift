import GatewayKit
import Testing
import XMPP

@testable import GatewayCore

@Suite("A refused stanza while pings of members are open")
struct RefusedStreamTests {
    /// An event after the refusal.
    enum Step: Sendable {
        /// The member with this number answers its ping; in the next case, the ping fails.
        case alive(Int)
        case gone(Int)
        case fence
        case second
    }

    /// Two clients of Anna are in the room. The stream has broken and come back, and the clients have not answered
    /// their pings. Then Bob says hello, and the stream refuses the message.
    private func scene() throws -> Scene {
        let scene = try Scene.inRoom()
        try scene.join("anna@home.test/b")
        scene.post(.linkClosed)
        scene.post(.linkOpened)
        try #require(scene.queries.count == 2)
        scene.event(.message(InboundMessage(from: .room(Scene.room, nick: "Bob"), text: "hello")), network: "net")
        try #require(scene.messages.count(where: { $0.body == "hello" }) == 2)
        try scene.refuseLast()
        scene.forget()
        return scene
    }

    private func take(_ step: Step, in scene: Scene) {
        switch step {
        case .alive(let index): scene.post(.answered(scene.queries[index].1, scene.queries[index].0.result()))
        case .gone(let index): scene.post(.answered(scene.queries[index].1, nil))
        case .fence: if let batch = scene.fences.last { scene.post(.fenced(batch: batch, true)) }
        case .second: scene.advance(by: .seconds(1))
        }
    }

    @Test(
        "every client that is present gets the message, in whatever order the pings are answered",
        arguments: [
            [.alive(0), .alive(1), .second], [.alive(0), .second, .alive(1)], [.second, .alive(1), .alive(0)],
            [.fence, .alive(0), .alive(1), .second], [.alive(0), .alive(1), .fence, .second],
            [.alive(1), .fence, .second, .alive(0)],
        ] as [[Step]])
    func bothAlive(steps: [Step]) throws {
        let scene = try scene()
        for step in steps { take(step, in: scene) }
        let told = scene.messages.filter { $0.body == "hello" }.compactMap { $0.head.to?.resource }
        #expect(Set(told) == ["a", "b"])
    }

    @Test(
        "a client that is present gets the message although the other is gone",
        arguments: [
            [.gone(1), .alive(0), .second], [.alive(0), .gone(1), .second], [.alive(0), .second, .gone(1)],
            [.gone(1), .second, .alive(0)], [.fence, .gone(1), .alive(0), .second],
        ] as [[Step]])
    func oneAlive(steps: [Step]) throws {
        let scene = try scene()
        for step in steps { take(step, in: scene) }
        #expect(scene.messages.contains { $0.body == "hello" && $0.head.to?.resource == "a" })
    }

    @Test(
        "a client that comes back after both are gone gets the message",
        arguments: [[.gone(0), .gone(1), .second], [.second, .gone(1), .gone(0)], [.gone(0), .second, .gone(1)]]
            as [[Step]])
    func comesBack(steps: [Step]) throws {
        let scene = try scene()
        for step in steps { take(step, in: scene) }
        scene.forget()
        try scene.join("anna@home.test/new")
        #expect(scene.messages.contains { $0.body == "hello" && $0.head.to?.resource == "new" })
    }
}
