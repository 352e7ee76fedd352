import GatewayKit
import Registry
import Testing
import XMPP

@testable import GatewayCore

@Suite("The time in a delay stamp")
struct DelayStampTests {
    /// The first time of a scene's clock.
    private static let begin = 1_767_268_800.0
    private static let yesterday = begin - 86_400
    private static let bob = InboundMessage.Origin.room(Scene.room, nick: "Bob")
    private static let phone = InboundMessage.Origin.peer(
        PeerAddress(network: StoredRules.network, name: "+15550199"))

    private func message(from origin: InboundMessage.Origin, sentAt: Double?) -> Event {
        let time = sentAt.map { Timestamp(secondsSince1970: $0) }
        return .message(InboundMessage(from: origin, text: "hi", sentAt: time))
    }

    private func stamps(_ scene: Scene) throws -> [Double?] {
        try scene.messages.map { message in
            try message.first("delay", namespace: Delay.namespace).map { try Delay($0).stamp }
        }
    }

    @Test("a room message from an outage has the time at which it was said", arguments: [nil, yesterday])
    func room(sentAt: Double?) throws {
        let scene = try Scene.inRoom()
        scene.post(.linkClosed)
        scene.advance(by: .seconds(100))
        scene.event(message(from: Self.bob, sentAt: sentAt), network: "net")
        scene.advance(by: .seconds(100))
        scene.post(.linkOpened)
        #expect(try stamps(scene) == [sentAt ?? Self.begin + 100])
    }

    @Test("a stored message that waited has the time at which it arrived", arguments: [nil, yesterday], [true, false])
    func stored(sentAt: Double?, wasSentBefore: Bool) throws {
        let scene = try StoredDeliveryTests.scene()
        if !wasSentBefore { scene.post(.linkClosed) }
        scene.advance(by: .seconds(100))
        scene.event(message(from: Self.phone, sentAt: sentAt), network: "phone", token: 1)
        if wasSentBefore { scene.post(.linkClosed) }
        scene.forget()
        scene.advance(by: .seconds(100))
        scene.post(.linkOpened)
        #expect(try stamps(scene) == [sentAt ?? Self.begin + 100])
    }

    @Test(
        "a private message of a live network that waited has the time at which the wait began",
        arguments: [true, false])
    func direct(wasSentBefore: Bool) throws {
        let peer = InboundMessage.Origin.peer(PeerAddress(network: LiveRules.network, name: "bob"))
        let scene = try Scene.inRoom()
        if !wasSentBefore { scene.post(.linkClosed) }
        scene.advance(by: .seconds(100))
        scene.event(message(from: peer, sentAt: nil), network: "net")
        if wasSentBefore { scene.post(.linkClosed) }
        scene.forget()
        scene.advance(by: .seconds(100))
        scene.post(.linkOpened)
        #expect(try stamps(scene) == [Self.begin + 100])
    }

    @Test("a stored message of an earlier run has the time at which it arrived")
    func earlierRun() throws {
        let entry = InboundEntry(
            id: "old", gateway: "gw.test",
            account: AccountID(user: UserID("anna@home.test"), network: StoredRules.network), localpart: "+15550199",
            displayName: nil, text: "late", deduplicationKey: "k",
            receivedAt: Timestamp(secondsSince1970: Self.yesterday))
        let scene = try StoredDeliveryTests.scene(inbound: [entry], online: false)
        scene.post(.linkOpened)
        #expect(try stamps(scene) == [Self.yesterday])
    }

    @Test("a message from the network's own history has the network's time, and a new message has no stamp")
    func history() throws {
        let peer = InboundMessage.Origin.peer(PeerAddress(network: LiveRules.network, name: "bob"))
        for origin in [Self.bob, peer] {
            for sentAt in [nil, Self.yesterday] {
                let scene = try Scene.inRoom()
                scene.event(message(from: origin, sentAt: sentAt), network: "net")
                #expect(try stamps(scene) == [sentAt])
            }
        }
    }
}
