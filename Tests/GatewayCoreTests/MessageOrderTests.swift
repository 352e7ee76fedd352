import GatewayKit
import Registry
import Testing
import XMPP

@testable import GatewayCore

@Suite("The order of messages to one person")
struct MessageOrderTests {
    private static let away = Failure(.remoteDown, "away", retry: .after(.seconds(2)))

    private func write(_ scene: Scene, _ text: String, to: String = "+15550199") throws {
        try scene.receive(
            from: "anna@home.test/phone",
            "<message to='\(to)@gw.test' type='chat' id='\(text)'><body>\(text)</body></message>")
    }

    private func texts(_ requests: [Request]) -> [String] {
        requests.compactMap { if case .send(.text(let text), to: _) = $0.action { text.body } else { nil } }
    }

    private func answer(_ scene: Scene, _ id: RequestID, _ outcome: Outcome) {
        scene.event(.outcome(id, outcome), network: "phone")
    }

    @Test("while a message is tried again, those behind it wait, and those to other people do not")
    func retry() throws {
        let scene = try StoredDeliveryTests.scene()
        for text in ["one", "two", "three"] { try write(scene, text) }
        try write(scene, "other", to: "+15550198")
        let requests = scene.takeRequests()
        #expect(texts(requests) == ["one", "other"])
        answer(scene, requests[0].id, .failed(Self.away))
        answer(scene, requests[1].id, .accepted(as: nil))
        try write(scene, "four")
        scene.advance(by: .seconds(1.9))
        #expect(scene.requests.isEmpty)
        scene.advance(by: .seconds(0.1))
        #expect(texts(scene.acceptAll()) == ["one", "two", "three", "four"])
    }

    @Test("300 messages at once to one person go out in their order, one at a time")
    func many() throws {
        let scene = try StoredDeliveryTests.scene()
        let all = (1...300).map(String.init)
        for text in all { try write(scene, text) }
        #expect(scene.requests.count == 1)
        #expect(texts(scene.acceptAll()) == all)
        #expect(scene.ledgerFeature.order.isEmpty)
    }

    @Test("a refused message, an unknown outcome and a message that was given up let the next one go")
    func ends() throws {
        let scene = try StoredDeliveryTests.scene()
        for text in ["one", "two", "three", "four"] { try write(scene, text) }
        answer(scene, try scene.takeRequest().id, .failed(Failure(.notFound, "no such number")))
        answer(scene, try scene.takeRequest().id, .failed(Failure(.unknownOutcome, "no answer")))
        let third = try scene.takeRequest()
        answer(scene, third.id, .failed(Self.away))
        scene.ledgerFeature.giveUp(third.id, Failure(.remoteDown, "given up"))
        // Any event makes the core continue.
        answer(scene, RequestID("none"), .delivered)
        #expect(texts(scene.takeRequests()) == ["four"])
    }

    @Test("a message that is too old fails, and the next one, which is younger, is sent")
    func tooOld() throws {
        let scene = try StoredDeliveryTests.scene()
        try write(scene, "old")
        answer(scene, try scene.takeRequest().id, .failed(Failure(.remoteDown, "away", retry: .after(.seconds(3600)))))
        scene.advance(by: .seconds(1800))
        try write(scene, "young")
        for _ in 0..<23 {
            scene.advance(by: .seconds(3600))
            answer(
                scene, try scene.takeRequest().id, .failed(Failure(.remoteDown, "away", retry: .after(.seconds(3600)))))
        }
        scene.advance(by: .seconds(3600))
        #expect(texts(scene.takeRequests()) == ["young"])
        #expect(scene.messages.map(\.head.id) == ["old"] && scene.messages[0].type == .error)
    }

    @Test("beyond the limit for one person, a message is refused at once with wait and resource-constraint")
    func full() throws {
        var limits = CoreSettings.Limits()
        limits.waitingPerPeer = 3
        let scene = try Scene(
            StoredRules(), snapshot: GatewaySnapshot(accounts: [StoredDeliveryTests.account]), limits: limits)
        scene.answersCommits = false
        for text in ["one", "two", "three", "four"] { try write(scene, text) }
        try write(scene, "other", to: "+15550198")
        let refusal = try #require(scene.messages.first?.stanzaError)
        #expect(scene.messages.map(\.head.id) == ["four"])
        #expect(refusal.condition == .resourceConstraint && refusal.type == .wait)
        scene.answersCommits = true
        scene.answerCommits()
        _ = texts(scene.acceptAll())
        try write(scene, "five")
        #expect(texts(scene.takeRequests()) == ["five"])
    }

    @Test("an account has a bounded number of messages with its adapter; a free place is taken at once")
    func places() throws {
        var limits = CoreSettings.Limits()
        limits.handedPerAccount = 2
        let scene = try Scene(
            StoredRules(), snapshot: GatewaySnapshot(accounts: [StoredDeliveryTests.account]), limits: limits)
        for number in 0..<5 { try write(scene, "to \(number)", to: "+1555019\(number)") }
        let first = scene.takeRequests()
        #expect(texts(first) == ["to 0", "to 1"])
        answer(scene, first[1].id, .failed(Self.away))
        #expect(texts(scene.requests.map(\.request)) == ["to 2"])
        #expect(texts(scene.acceptAll()) == ["to 2", "to 3", "to 4"])
        answer(scene, first[0].id, .accepted(as: nil))
        scene.advance(by: .seconds(2))
        #expect(texts(scene.acceptAll()) == ["to 1"])
        #expect(scene.ledgerFeature.order.isEmpty)
    }

    @Test("after a restart the oldest message to a person goes first, and the others follow it")
    func restart() throws {
        let start = Timestamp(secondsSince1970: 1_767_268_700)
        let entries = (1...3).map { number in
            var entry = OutboundEntry(
                id: RequestID("e\(number)"), gateway: "gw.test",
                account: AccountID(user: UserID("anna@home.test"), network: StoredRules.network),
                localpart: "+15550199", text: "\(number)", sender: "anna@home.test/phone",
                recipient: "+15550199@gw.test", originID: nil, wantsReceipt: false, createdAt: start, updatedAt: start)
            if number == 1 { entry.notBefore = Timestamp(secondsSince1970: 1_767_268_830) }
            return entry
        }
        let scene = try StoredDeliveryTests.scene(entries)
        scene.advance(by: .seconds(29))
        #expect(scene.requests.isEmpty)
        scene.advance(by: .seconds(1))
        #expect(texts(scene.acceptAll()) == ["1", "2", "3"])
    }
}
