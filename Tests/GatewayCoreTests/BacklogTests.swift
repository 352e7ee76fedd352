import GatewayKit
import Registry
import Testing
import XML
import XMPP

@testable import GatewayCore

@Suite("Stored messages that wait in the registry")
struct BacklogTests {
    private let peer = PeerAddress(network: StoredRules.network, name: "+15550199")

    private func arrive(_ numbers: Range<Int>, _ scene: Scene) {
        for number in numbers {
            let message = InboundMessage(from: .peer(peer), text: "\(number)", id: MessageID("\(number)"))
            scene.event(.message(message), network: "phone", token: number)
        }
    }

    /// Answers all fences. Returns the texts that were sent meanwhile.
    private func drain(_ scene: Scene) -> [String] {
        var bodies: [String] = []
        while scene.outbox.unconfirmed > 0 || !scene.outbox.unsent.isEmpty, let batch = scene.fences.last {
            bodies += scene.messages.compactMap(\.body)
            scene.forgetSent()
            scene.post(.fenced(batch: batch, true))
        }
        return bodies + scene.messages.compactMap(\.body)
    }

    private func bounce(_ scene: Scene) throws {
        let ids = scene.messages.compactMap(\.head.id)
        scene.forgetSent()
        for id in ids {
            let error = StanzaError(.serviceUnavailable).element.xml(defaultNamespace: "")
            try scene.receive(
                from: "anna@home.test", "<message type='error' id='\(id)'>\(error)</message>", to: "+15550199@gw.test")
        }
    }

    @Test("during a long outage the outbox stays bounded, and after it each message is sent once and in order")
    func outage() throws {
        let scene = try StoredDeliveryTests.scene()
        scene.post(.linkClosed)
        arrive(0..<3 * HomeOutbox.mostStored, scene)
        #expect(scene.outbox.unsent.count == HomeOutbox.mostStored)
        #expect(
            scene.storageAnswers.values.allSatisfy { $0 == .stored }
                && scene.storageAnswers.count == 3 * HomeOutbox.mostStored)
        scene.post(.linkOpened)
        #expect(drain(scene) == (0..<3 * HomeOutbox.mostStored).map { "\($0)" })
        scene.forgetSent()
        arrive(9_000..<9_003, scene)
        #expect(drain(scene) == ["9000", "9001", "9002"], "later messages are sent at once")
        #expect(scene.logged.count { $0.contains("wait in the registry") } == 1)
    }

    @Test("messages that come while the waiting ones are read are sent after them")
    func meanwhile() throws {
        let scene = try StoredDeliveryTests.scene()
        scene.post(.linkClosed)
        arrive(0..<HomeOutbox.mostStored + 400, scene)
        scene.post(.linkOpened)
        var bodies: [String] = []
        for round in 0..<200 {
            bodies += scene.messages.compactMap(\.body)
            scene.forgetSent()
            arrive(10_000 + round..<10_001 + round, scene)
            if let batch = scene.fences.last { scene.post(.fenced(batch: batch, true)) }
        }
        bodies += drain(scene)
        let expected = Array(0..<HomeOutbox.mostStored + 400) + Array(10_000..<10_200)
        #expect(bodies == expected.map { "\($0)" })
    }

    @Test("if an earlier run has left too many messages, the outbox takes only some at the start")
    func restart() throws {
        let entries = (0..<HomeOutbox.mostStored + 700).map { number in
            InboundEntry(
                id: "e\(number)", gateway: "gw.test",
                account: AccountID(user: UserID("anna@home.test"), network: StoredRules.network),
                localpart: "+15550199", displayName: nil, text: "\(number)", deduplicationKey: "\(number)",
                receivedAt: Timestamp(secondsSince1970: 1_767_000_000))
        }
        let scene = try StoredDeliveryTests.scene(inbound: entries, online: false)
        #expect(scene.outbox.unsent.count == HomeOutbox.mostStored)
        scene.post(.linkOpened)
        #expect(drain(scene) == entries.map(\.text))
    }

    @Test("a failed read is repeated some seconds later and not before, and no message is lost")
    func failure() throws {
        let scene = try StoredDeliveryTests.scene()
        scene.post(.linkClosed)
        arrive(0..<HomeOutbox.mostStored + 10, scene)
        scene.readFailure = .unavailable("no disk")
        scene.post(.linkOpened)
        #expect(drain(scene).count == HomeOutbox.mostStored)
        scene.forgetSent()
        let failures = scene.logged.count { $0.contains("cannot read stored messages") }
        for _ in 0..<10 { for input in [Input.linkClosed, .linkOpened] { scene.post(input) } }
        #expect(failures == 1 && scene.logged.count { $0.contains("cannot read stored messages") } == 1)
        scene.readFailure = nil
        scene.advance(by: .seconds(5))
        #expect(drain(scene).count == 10)
    }

    @Test("returned messages wait in the registry, and all are sent when the user becomes available")
    func returned() throws {
        let scene = try StoredDeliveryTests.scene()
        for round in 0..<10 {
            arrive(round * 100..<(round + 1) * 100, scene)
            try bounce(scene)
            _ = drain(scene)
        }
        #expect(
            scene.outbox.storedIDs.isEmpty
                && scene.ledgerFeature.usersWithReturnedMessages == [UserID("anna@home.test")])
        try scene.receive(from: "anna@home.test/phone", "<presence to='gw.test'/>")
        #expect(drain(scene) == (0..<1_000).map { "\($0)" })
        scene.forgetSent()
        try scene.receive(from: "anna@home.test/phone", "<presence to='gw.test'/>")
        #expect(scene.messages.isEmpty, "each is sent once")
    }

    @Test("a user who becomes available while messages are unconfirmed gets no message twice")
    func showsUp() throws {
        let scene = try StoredDeliveryTests.scene()
        arrive(0..<3, scene)
        try bounce(scene)
        arrive(3..<6, scene)
        try scene.receive(from: "anna@home.test/phone", "<presence to='gw.test'/>")
        #expect(drain(scene).sorted() == (0..<6).map { "\($0)" })
    }

    @Test("a message that a read finds before its commit is answered is not sent twice")
    func early() {
        var backlog = Backlog()
        let entries = ["a", "b"].map { id in
            InboundEntry(
                id: id, gateway: "gw.test", account: AccountID(user: UserID("u"), network: StoredRules.network),
                localpart: "+1", displayName: nil, text: "", deduplicationKey: id,
                receivedAt: Timestamp(secondsSince1970: 0))
        }
        let isFirstTaken = backlog.takes("a", isRoom: false)
        #expect(!isFirstTaken && backlog.isOpen)
        let (part, second) = (backlog.next()?.part, backlog.next()?.part)
        #expect(part == .newest && second == nil, "one page at a time")
        let isOfUse = backlog.took(entries, of: .newest)
        #expect(isOfUse && !backlog.isOpen)
        let taken = ["b", "c"].map { backlog.takes($0, isRoom: true) }
        #expect(taken == [false, true], "b has been read")
    }
}
