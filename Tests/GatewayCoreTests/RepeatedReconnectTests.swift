import GatewayKit
import Testing
import XMPP

@testable import GatewayCore

@Suite("Repeated reconnects of the stream")
struct RepeatedReconnectTests {
    /// A scene with Anna in a room. Her client answers every ping.
    private struct Stage {
        let scene: Scene
        private var answered = 0

        init() throws { scene = try Scene.inRoom() }

        mutating func breakAndReturn(after outage: Duration = .zero) {
            scene.post(.linkClosed)
            scene.advance(by: outage)
            scene.post(.linkOpened)
            answerPings()
        }

        private mutating func answerPings() {
            while answered < scene.queries.count {
                answered += 1
                let (ping, tag) = scene.queries[answered - 1]
                scene.post(.answered(tag, ping.result()))
            }
        }

        func say(_ text: String) {
            scene.event(.message(InboundMessage(from: .room(Scene.room, nick: "Bob"), text: text)), network: "net")
        }

        /// Lets the home server confirm the sent messages. Refused messages are sent again after one second, and the
        /// fence that confirms them is due one second later.
        mutating func confirm() throws {
            for _ in 1...2 {
                scene.advance(by: .seconds(1))
                answerPings()
            }
            scene.advance(by: .seconds(1))
            scene.post(.fenced(batch: try #require(scene.fences.last), true))
        }
    }

    @Test("after every reconnect, messages are confirmed, and confirmed messages are not sent again")
    func fences() throws {
        var stage = try Stage()
        let scene = stage.scene
        for life in 1...3 {
            stage.say("\(life)")
            let before = scene.fences.count
            try stage.confirm()
            #expect(scene.fences.count == before + 1)
            #expect(scene.messages.map(\.body) == ["\(life)"])
            scene.forget()
            stage.breakAndReturn()
        }
        #expect(scene.messages.isEmpty)
    }

    @Test(
        "a break while a fence is planned does not prevent the next fence",
        arguments: [.zero, .seconds(2)] as [Duration])
    func plannedFence(outage: Duration) throws {
        var stage = try Stage()
        let scene = stage.scene
        for life in 1...3 {
            stage.say("\(life)")
            stage.breakAndReturn(after: outage)
            scene.forget()
            stage.say("new \(life)")
            try stage.confirm()
            try stage.confirm()
            scene.forget()
            stage.breakAndReturn()
            #expect(scene.messages.isEmpty, "confirmed after reconnect \(life)")
        }
    }

    @Test("after every reconnect, a refused message is sent again")
    func refusals() throws {
        var stage = try Stage()
        let scene = stage.scene
        for life in 1...3 {
            stage.say("\(life)")
            try scene.refuseLast()
            scene.forget()
            scene.advance(by: .seconds(1))
            #expect(scene.messages.map(\.body) == ["\(life)"])
            try stage.confirm()
            stage.breakAndReturn()
            scene.forget()
        }
    }

    @Test(
        "a break before a refused message is sent again loses neither this message nor one refused later",
        arguments: [.zero, .seconds(2)] as [Duration])
    func refusalThenBreak(outage: Duration) throws {
        var stage = try Stage()
        let scene = stage.scene
        for life in 1...3 {
            stage.say("\(life)")
            try scene.refuseLast()
            scene.forget()
            stage.breakAndReturn(after: outage)
            scene.advance(by: .seconds(1))
            #expect(scene.messages.contains { $0.body == "\(life)" })
            try stage.confirm()
        }
    }

    @Test("a client that vanishes after a later reconnect has the same time to come back")
    func desertion() throws {
        var stage = try Stage()
        let scene = stage.scene
        for _ in 1...2 {
            stage.breakAndReturn()
            scene.advance(by: .seconds(400))
            #expect(scene.requests.isEmpty)
        }
        scene.post(.linkClosed)
        scene.post(.linkOpened)
        scene.post(.answered(try #require(scene.queries.last).1, nil))
        scene.advance(by: .seconds(299))
        #expect(scene.requests.isEmpty)
        scene.advance(by: .seconds(2))
        #expect(scene.requests.map(\.request.action).contains { if case .leave = $0 { true } else { false } })
    }
}
