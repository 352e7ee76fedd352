import GatewayKit
import Registry
import Testing
import XMPP

@testable import GatewayCore

@Suite("What became of a message")
struct FinalWordTests {
    private func sent(_ scene: Scene, receipt: Bool = false) throws -> RequestID {
        let request = receipt ? "<request xmlns='urn:xmpp:receipts'/>" : ""
        try scene.receive(
            from: "anna@home.test/phone",
            "<message to='+15550199@gw.test' type='chat' id='a1'><body>hello</body>\(request)</message>")
        return try scene.takeRequest().id
    }

    private func tell(_ scene: Scene, _ id: RequestID, _ outcome: Outcome, token: Int? = nil) {
        scene.event(.outcome(id, outcome), network: "phone", token: token)
    }

    @Test(
        "after the first word of an unknown outcome, a report brings the final word, also without a receipt",
        arguments: [true, false])
    func afterUnknown(receipt: Bool) throws {
        let scene = try StoredDeliveryTests.scene()
        let id = try sent(scene, receipt: receipt)
        tell(scene, id, .failed(Failure(.unknownOutcome, "no answer")))
        scene.advance(by: .seconds(25))
        #expect(scene.messages.map(\.type) == [.error])
        #expect(scene.messages.first?.stanzaError?.text?.contains("may or may not have arrived") == true)
        scene.forgetSent()
        tell(scene, id, .delivered, token: 1)
        #expect(scene.messages.map(\.type) == [.chat])
        let body = "Your message of 12:00 UTC has arrived after all."
        #expect(scene.messages[0].body == (receipt ? nil : body))
        #expect(scene.messages[0].head.from?.description == "+15550199@gw.test")
    }

    @Test("a report of a failure after an unknown outcome is told as an error")
    func failedAfterUnknown() throws {
        let scene = try StoredDeliveryTests.scene()
        let id = try sent(scene)
        tell(scene, id, .failed(Failure(.unknownOutcome, "no answer")))
        scene.advance(by: .seconds(25))
        scene.forgetSent()
        tell(scene, id, .failed(Failure(.notFound, "no such number")), token: 1)
        #expect(scene.messages.map { $0.stanzaError?.condition } == [.itemNotFound])
    }

    @Test("a message of several parts that has failed stays failed; one of a single part may still arrive")
    func oneEnd() throws {
        for parts in [nil, 2] {
            let scene = try StoredDeliveryTests.scene()
            let id = try sent(scene, receipt: true)
            tell(scene, id, .noted(MessageFacts(parts: parts)))
            tell(scene, id, .accepted(as: nil))
            tell(scene, id, .failed(Failure(.unreachable, "off")), token: 1)
            tell(scene, id, .delivered, token: 2)
            #expect(scene.messages.map(\.type) == (parts == nil ? [.error, .chat] : [.error]))
            #expect(scene.storageAnswers[StorageToken(2)] == .stored)
        }
    }

    @Test("the command `messages` tells attempts, parts, price, and how a message ended")
    func shown() throws {
        let scene = try StoredDeliveryTests.scene()
        let id = try sent(scene)
        tell(scene, id, .failed(Failure(.remoteDown, "away", retry: .after(.seconds(1)))))
        scene.advance(by: .seconds(2))
        _ = try scene.takeRequest()
        tell(scene, id, .noted(MessageFacts(parts: 3, price: "0.02 USD")))
        tell(scene, id, .accepted(as: nil))
        tell(scene, id, .noted(MessageFacts(stage: .sent)), token: 7)
        #expect(scene.storageAnswers[StorageToken(7)] == .stored)
        let line = "2026-01-01 12:00 UTC to +15550199: "
        let facts = "(2 attempts, 3 parts, price 0.02 USD)"
        let sent = "was sent to the phone network, which has not reported yet whether it arrived."
        #expect(try scene.chat("messages").joined().contains("\(line)\(sent) \(facts)"))
        tell(scene, id, .noted(MessageFacts(stage: .expired)))
        tell(scene, id, .failed(Failure(.unreachable, "off")))
        #expect(try scene.chat("messages").joined().contains("\(line)has expired. \(facts)"))
        tell(scene, id, .noted(MessageFacts(stage: .sent)))
        #expect(scene.ledger[id]?.facts.stage == .expired)
    }
}
