import GatewayKit
import Testing
import XMPP

@testable import GatewayCore

@Suite("Live messages beyond the bound")
struct HomeStreamBoundTests {
    private func deliver(_ count: Int, to user: String, _ scene: Scene) throws {
        let head = StanzaHead(to: try JID(user), from: try JID("gw.test"))
        for number in 0..<count {
            scene.core.features.home.deliver(.direct(Message(head, type: .chat, body: "\(user) \(number)")))
        }
        // The scene carries out effects only after an input. No feature has this timer.
        scene.post(.timer(TimerTag("unknown")))
    }

    private func dropped(_ scene: Scene) -> Int { scene.counted.count { $0 == .messagesDropped } }

    @Test("while the home server is away, a user with very many messages loses the oldest, and other users lose none")
    func shares() throws {
        let scene = try Scene.live()
        scene.post(.linkClosed)
        try deliver(300, to: "bob@home.test", scene)
        try deliver(10_000, to: "eve@home.test", scene)
        scene.post(.linkOpened)
        while let batch = scene.fences.last, scene.outbox.unconfirmed > 0 { scene.post(.fenced(batch: batch, true)) }
        let bodies = scene.messages.compactMap(\.body)
        #expect(bodies.count { $0.hasPrefix("bob") } == 300)
        #expect(bodies.count { $0.hasPrefix("eve") } == 10_000 - dropped(scene))
        #expect(bodies.last == "eve@home.test 9999")
    }

    @Test("each dropped message is counted, and the log reports them at most once a minute")
    func report() throws {
        let scene = try Scene.live()
        scene.post(.linkClosed)
        let before = scene.logged.count
        try deliver(10_000, to: "eve@home.test", scene)
        #expect(dropped(scene) >= 10_000 - 2 * HomeOutbox.mostLiveOfUser && scene.logged.count == before + 1)
        scene.advance(by: .seconds(59))
        try deliver(5_000, to: "eve@home.test", scene)
        #expect(scene.logged.count == before + 1)
        scene.advance(by: .seconds(1))
        try deliver(5_000, to: "eve@home.test", scene)
        #expect(scene.logged.count == before + 2)
    }

    @Test("a full share of unconfirmed messages causes a fence at once, so that none is dropped")
    func earlyFence() throws {
        let scene = try Scene.live()
        try deliver(HomeOutbox.mostLiveOfUser - 1, to: "eve@home.test", scene)
        #expect(scene.fences.isEmpty, "one fence a second is enough")
        for round in 1...20 {
            try deliver(HomeOutbox.mostLiveOfUser, to: "eve@home.test", scene)
            #expect(scene.fences == Array(1...round))
            scene.post(.fenced(batch: round, true))
        }
        #expect(dropped(scene) == 0)
    }

    @Test("a room message that is dropped while the home server is away is counted, and logged once")
    func room() throws {
        let scene = try Scene.inRoom()
        scene.post(.linkClosed)
        let logged = scene.logged.count
        let limit = scene.kernel.settings.limits.missedPerRoom
        for number in 1...limit + 5 {
            let message = InboundMessage(from: .room(Scene.room, nick: "Bob"), text: "\(number)")
            scene.event(.message(message), network: "net")
        }
        #expect(dropped(scene) == 5 && scene.logged.count == logged + 1)
    }

    @Test("sent messages that left the full queue are counted as dropped only if the stream breaks before a fence")
    func sentMessages() throws {
        for breaks in [true, false] {
            let scene = try Scene.live()
            try deliver(5 * HomeOutbox.mostLiveOfUser, to: "eve@home.test", scene)
            #expect(dropped(scene) == 0, "all were sent")
            if breaks {
                scene.post(.linkClosed)
                #expect(dropped(scene) > 0)
            } else {
                while let batch = scene.fences.last, scene.outbox.unconfirmed > 0 {
                    scene.post(.fenced(batch: batch, true))
                }
                scene.post(.linkClosed)
                #expect(dropped(scene) == 0)
            }
        }
    }
}
