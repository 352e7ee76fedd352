import GatewayKit
import Registry
import Testing
import XMPP

@testable import GatewayCore

@Suite("Messages from the network through the ledger")
struct InboundDeliveryTests {
    private let peer = PeerAddress(network: StoredRules.network, name: "+15550199")

    private func arrive(_ scene: Scene, id: String = "p1", token: Int = 1) {
        let message = InboundMessage(from: .peer(peer), text: "hi", id: MessageID(id))
        scene.event(.message(message), network: "phone", token: token)
    }

    private func finished(_ scene: Scene) -> [[String]] {
        scene.changes.compactMap { if case .finishInbound(let ids) = $0 { ids } else { nil } }
    }

    @Test("a message is stored, acknowledged, sent, and finished once the home server is proven to have it")
    func wholeWay() throws {
        let scene = try StoredDeliveryTests.scene()
        arrive(scene)
        #expect(scene.storageAnswers == [StorageToken(1): .stored])
        let message = try #require(scene.messages.first)
        #expect(message.body == "hi" && message.type == .chat)
        #expect(
            message.head.from?.description == "+15550199@gw.test" && message.head.to?.description == "anna@home.test")
        #expect(scene.fences == [1] && finished(scene).isEmpty)
        scene.post(.fenced(batch: 1, true))
        #expect(finished(scene) == [[try #require(message.head.id)]])
    }

    @Test("a person's name is kept for the vCard, and stored at most once an hour")
    func peers() throws {
        let scene = try StoredDeliveryTests.scene()
        for id in ["p1", "p2"] {
            let message = InboundMessage(from: .peer(peer), displayName: "Ben", text: "hi", id: MessageID(id))
            scene.event(.message(message), network: "phone", token: 1)
        }
        let saved = scene.changes.compactMap { $0.of(SavePeer.self)?.peer.displayName }
        #expect(saved == ["Ben"])
        try scene.receive(
            from: "anna@home.test/a", "<iq type='get' id='v' to='+15550199@gw.test'><vCard xmlns='vcard-temp'/></iq>")
        #expect(try VCard(try #require(scene.iqs.last?.payload.first)).name == "Ben")
    }

    @Test("a message that the provider repeats is acknowledged and not sent again")
    func duplicate() throws {
        let scene = try StoredDeliveryTests.scene()
        arrive(scene, token: 1)
        arrive(scene, token: 2)
        #expect(scene.storageAnswers[StorageToken(2)] == .stored)
        #expect(scene.messages.count == 1)
    }

    @Test("a message that cannot be stored is not acknowledged and not sent")
    func diskFull() throws {
        let scene = try StoredDeliveryTests.scene()
        scene.registryFailure = .unavailable("disk full")
        arrive(scene)
        #expect(scene.storageAnswers[StorageToken(1)] == .refused(.registryAway))
        #expect(scene.messages.isEmpty)
    }

    @Test("messages wait while the home server is away, and then have a delay stamp and the same id")
    func outage() throws {
        let scene = try StoredDeliveryTests.scene()
        arrive(scene)
        let first = try #require(scene.messages.first?.head.id)
        scene.post(.linkClosed)
        scene.post(.fenced(batch: 1, false))
        arrive(scene, id: "p2", token: 2)
        #expect(scene.storageAnswers[StorageToken(2)] == .stored)
        scene.forget()
        scene.post(.linkOpened)
        #expect(scene.messages.count == 2)
        #expect(scene.messages.first?.head.id == first)
        #expect(scene.messages.allSatisfy { $0.first("delay", namespace: Delay.namespace) != nil })
        scene.post(.fenced(batch: 2, true))
        #expect(finished(scene).flatMap { $0 }.count == 2)
    }

    @Test("a message that the stream refuses stays on record and is sent again")
    func overflow() throws {
        let scene = try StoredDeliveryTests.scene()
        arrive(scene)
        let id = try #require(scene.messages.first?.head.id)
        try scene.refuseLast()
        scene.post(.fenced(batch: 1, true))
        #expect(finished(scene).isEmpty)
        scene.forget()
        scene.advance(by: .seconds(1))
        #expect(scene.messages.map(\.head.id) == [id])
        scene.post(.fenced(batch: 2, true))
        #expect(finished(scene) == [[id]])
    }

    @Test("there is one fence at a time, and it covers the messages sent before it")
    func fences() throws {
        let scene = try StoredDeliveryTests.scene()
        arrive(scene, id: "p1", token: 1)
        arrive(scene, id: "p2", token: 2)
        arrive(scene, id: "p3", token: 3)
        #expect(scene.fences == [1])
        scene.post(.fenced(batch: 1, true))
        #expect(finished(scene).map(\.count) == [1] && scene.fences == [1, 2])
        scene.post(.fenced(batch: 2, true))
        #expect(finished(scene).map(\.count) == [1, 2])
    }

    @Test("messages of an earlier run are sent when the stream is open")
    func restart() throws {
        let entry = InboundEntry(
            id: "old", gateway: "gw.test",
            account: AccountID(user: UserID("anna@home.test"), network: StoredRules.network), localpart: "+15550199",
            displayName: nil, text: "late", deduplicationKey: "k",
            receivedAt: Timestamp(secondsSince1970: 1_767_268_000))
        let scene = try StoredDeliveryTests.scene(inbound: [entry], online: false)
        #expect(scene.messages.isEmpty)
        scene.post(.linkOpened)
        #expect(scene.messages.map(\.head.id) == ["old"])
    }

    @Test("a message that the home server returns waits until the user is available")
    func bounce() throws {
        let scene = try StoredDeliveryTests.scene()
        arrive(scene)
        let id = try #require(scene.messages.first?.head.id)
        try scene.receive(
            from: "anna@home.test",
            "<message to='+15550199@gw.test' type='error' id='\(id)'><error type='cancel'>"
                + "<service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>")
        scene.post(.fenced(batch: 1, true))
        #expect(finished(scene).flatMap { $0 }.isEmpty)
        scene.forget()
        try scene.receive(from: "anna@home.test/phone", "<presence to='gw.test'/>")
        #expect(scene.messages.map(\.head.id) == [id])
    }

    @Test("after a long outage, messages are sent in bounded batches and in order")
    func longOutage() throws {
        let entries = (0..<1_800).map { number in
            InboundEntry(
                id: "e\(number)", gateway: "gw.test",
                account: AccountID(user: UserID("anna@home.test"), network: StoredRules.network),
                localpart: "+15550199",
                displayName: nil, text: "\(number)", deduplicationKey: "\(number)",
                receivedAt: Timestamp(secondsSince1970: 1_767_000_000))
        }
        let scene = try StoredDeliveryTests.scene(inbound: entries)
        var bodies: [String] = []
        for batch in 1...4 {
            #expect(scene.fences == Array(1...batch))
            #expect(scene.messages.count <= 500)
            bodies += scene.messages.compactMap(\.body)
            scene.forget()
            // A message that arrives meanwhile is sent after the waiting ones.
            if batch == 2 {
                let peer = PeerAddress(network: StoredRules.network, name: "+15550199")
                scene.event(.message(InboundMessage(from: .peer(peer), text: "last")), network: "phone", token: 1)
            }
            scene.post(.fenced(batch: batch, true))
        }
        #expect(bodies == (0..<1_800).map { "\($0)" } + ["last"] && scene.messages.isEmpty)
    }
}
