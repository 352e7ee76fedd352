import GatewayKit
import GatewayTesting
import Registry
import Testing
import XMPP

@testable import GatewayCore

@Suite("People who want no messages, and limits")
struct OptOutTests {
    private static let ops = "ops@home.test/o"
    private let peer = PeerAddress(network: StoredRules.network, name: "+15550199")

    private func scene(_ change: (inout AdapterDescription) -> Void = { $0.optOutHint = "Wait for START." }) throws
        -> Scene
    {
        var rules = StoredRules()
        change(&rules.description)
        let snapshot = GatewaySnapshot(accounts: [StoredDeliveryTests.account])
        return try Scene(rules, snapshot: snapshot, admins: ["ops@home.test"])
    }

    private func arrive(_ scene: Scene, _ text: String, _ consent: Consent, id: String) {
        var message = InboundMessage(from: .peer(peer), text: text, id: MessageID(id))
        message.consent = consent
        scene.event(.message(message), network: "phone", token: 1)
    }

    private func write(_ scene: Scene, id: String) throws -> StanzaError? {
        scene.forget()
        try scene.receive(
            from: "anna@home.test/phone",
            "<message to='+15550199@gw.test' type='chat' id='\(id)'><body>hello</body></message>")
        return scene.messages.first { $0.type == .error }?.stanzaError
    }

    @Test("after STOP a message is refused with the time and the way back, before the adapter is asked")
    func stop() throws {
        let scene = try scene()
        arrive(scene, "STOP", .withdrawn, id: "p1")
        #expect(scene.messages.map(\.body) == ["STOP"], "the user sees the text")
        let error = try #require(try write(scene, id: "a1"))
        #expect(error.condition == .policyViolation)
        #expect(
            error.text
                == "On 2026-01-01 12:00 UTC, this person asked to get no more messages from you. Wait for START.")
        #expect(scene.requests.isEmpty)
        arrive(scene, "START", .given, id: "p2")
        #expect(try write(scene, id: "a2") == nil)
        #expect(scene.requests.count == 1)
    }

    @Test("the place of a refused message is free, so that later messages to others go out")
    func places() throws {
        let scene = try scene()
        arrive(scene, "STOP", .withdrawn, id: "p1")
        for number in 1...50 { _ = try write(scene, id: "a\(number)") }
        scene.forget()
        try scene.receive(
            from: "anna@home.test/phone",
            "<message to='+15550198@gw.test' type='chat' id='b'><body>hello</body></message>")
        #expect(scene.requests.count == 1)
    }

    @Test("a blocked person's STOP counts, though the user does not get the text")
    func blocked() throws {
        let scene = try scene()
        try scene.receive(
            from: "anna@home.test/phone",
            "<iq type='set' to='gw.test' id='b'><block xmlns='urn:xmpp:blocking'>"
                + "<item jid='+15550199@gw.test'/></block></iq>")
        scene.forget()
        arrive(scene, "STOP", .withdrawn, id: "p1")
        #expect(scene.messages.isEmpty && scene.storageAnswers[StorageToken(1)] == .stored)
        try scene.receive(
            from: "anna@home.test/phone",
            "<iq type='set' to='gw.test' id='u'><unblock xmlns='urn:xmpp:blocking'/></iq>")
        #expect(try write(scene, id: "a1")?.condition == .policyViolation)
    }

    @Test("a STOP that the adapter tells without a session counts; one that cannot be stored is not acknowledged")
    func withoutSession() throws {
        let scene = try scene()
        let line = UniqueValue("phone", "+15550100")
        scene.registryFailure = .unavailable("full")
        scene.post(.noted(.consent(.withdrawn, of: peer, for: line, at: scene.now), StorageToken(7)))
        #expect(scene.storageAnswers[StorageToken(7)] == .refused(.registryAway))
        scene.registryFailure = nil
        scene.post(.noted(.consent(.withdrawn, of: peer, for: line, at: scene.now), StorageToken(8)))
        #expect(scene.storageAnswers[StorageToken(8)] == .stored)
        #expect(try write(scene, id: "a1")?.condition == .policyViolation)
    }

    @Test("a network whose people cannot opt out hands messages over without a question")
    func off() throws {
        let scene = try scene { _ in }
        arrive(scene, "STOP", .withdrawn, id: "p1")
        #expect(try write(scene, id: "a1") == nil)
        #expect(scene.requests.count == 1)
        #expect(try scene.execute("opt-outs", by: Self.ops).stanzaError?.condition == .itemNotFound)
    }

    @Test("an operator lists the people who want no messages, and lifts one wish")
    func list() throws {
        let scene = try scene()
        #expect(try scene.command("opt-outs", by: Self.ops).words == ["Nobody has opted out."])
        arrive(scene, "STOP", .withdrawn, id: "p1")
        let rows = try scene.command("opt-outs", by: Self.ops).rows
        #expect(rows == [["+15550199", "+15550100", "2026-01-01T12:00:00Z", "a message of the person"]])
        #expect(try scene.execute("opt-outs").stanzaError?.condition == .forbidden)
        let done = try scene.command(
            "lift-opt-out", by: Self.ops, ["person": ["+15550199"], "line": ["+15550100"]])
        let words = "No wish in the list 'opt-outs' forbids +15550100 to write to +15550199."
        #expect(done.words.first?.hasPrefix(words) == true)
        #expect(try write(scene, id: "a1") == nil)
    }

    @Test("the heading of the list counts the people of all pages")
    func heading() throws {
        let scene = try scene()
        for number in 1...502 {
            let peer = PeerAddress(network: StoredRules.network, name: "+1555\(10_000 + number)")
            let line = UniqueValue("phone", "+15550100")
            scene.post(.noted(.consent(.withdrawn, of: peer, for: line, at: scene.now), StorageToken(number)))
        }
        // The words of the last page.
        let words = try scene.command("opt-outs", by: Self.ops).words
        #expect(words.first == "502 people want no messages; this page lists 2 of them:")
    }

    @Test(
        "the words of a limit say how much it is, how much is used, and when it ends",
        arguments: [
            (
                Charge.Limit(
                    counter: "x", most: 50, unit: .parts, period: .day, isShared: false,
                    endsAt: Timestamp(secondsSince1970: 1_767_312_000)), 49.0,
                "The message was not sent. You may send 50 parts of messages each day, of which 49 are used. The next"
                    + " day begins on 2026-01-02 00:00 UTC."
            ),
            (
                Charge.Limit(
                    counter: "x", most: 12.5, unit: .money(currency: "EUR"), period: .month, isShared: true,
                    endsAt: Timestamp(secondsSince1970: 1_769_904_000)), 12.504,
                "The message was not sent. This gateway may spend 12.5 EUR each month, of which 12.5 are used. The next"
                    + " month begins on 2026-02-01 00:00 UTC."
            ),
        ])
    func limits(limit: Charge.Limit, used: Double, words: String) {
        let failure = Failure(.limit(limit, used: used), hint: nil)
        #expect(failure.text == words)
        #expect(failure.kind == .rateLimited && failure.retry == .never)
    }
}
