import GatewayKit
import GatewayTesting
import HTTP
import NIOEmbedded
import Testing

@testable import SMSAdapter

@Suite("Delivery reports")
struct ReportTests {
    private let gateway: Gateway
    private let path = "/box/status/15550001111"

    init() throws { gateway = try Gateway() }

    @Test("A delivery report goes to the core, and the provider is answered when the core has it")
    func delivered() {
        gateway.send(gateway.open(), "x")
        let reply = gateway.kannel(path, [("ref", "r-1"), ("status", "1")])
        #expect(reply?.status == 200)
        #expect(gateway.sink.awaited == [.outcome(RequestID("r-1"), .delivered)])
    }

    @Test("If the core does not take a report, the provider is asked to call again")
    func notTaken() {
        gateway.send(gateway.open(), "x")
        gateway.sink.answer = .refused(Failure(.internal, "disk full"))
        #expect(gateway.kannel(path, [("ref", "r-1"), ("status", "1")])?.status == 503)
    }

    @Test(
        "A failed delivery has its reason, and the message is never sent again",
        arguments: [("2", "", Failure.Kind.unreachable), ("16", "NACK/No route", .notAcceptable)])
    func failed(status: String, answer: String, kind: Failure.Kind) {
        gateway.send(gateway.open(), "x")
        #expect(gateway.kannel(path, [("ref", "r-1"), ("status", status), ("answer", answer)])?.status == 200)
        guard case .outcome(RequestID("r-1"), .failed(let failure))? = gateway.events.last else {
            Issue.record("\(gateway.events)")
            return
        }
        #expect(failure.kind == kind)
        #expect(failure.retry == .never)
        if !answer.isEmpty { #expect(failure.detail?.contains("No route") == true) }
    }

    @Test(
        "States on the way, unknown words and reports without our reference are answered and make no event",
        arguments: [
            [("ref", "r-1"), ("status", "8")], [("ref", "r-1"), ("status", "4")], [("ref", "r-1"), ("status", "77")],
            [("ref", "r-1")], [("status", "1")], [("ref", ""), ("status", "1")],
        ])
    func noEvent(fields: [(String, String)]) {
        gateway.send(gateway.open(), "x")
        #expect(gateway.kannel(path, fields)?.status == 200)
        #expect(gateway.events == [.outcome(RequestID("r-1"), .accepted(as: nil))])
    }

    @Test("A report that comes before the answer waits for it")
    func beforeTheAnswer() {
        let session = gateway.open()
        gateway.provider.hold()
        gateway.send(session, "x")
        #expect(gateway.kannel(path, [("ref", "r-1"), ("status", "1")]) == nil)
        #expect(gateway.events.isEmpty)
        gateway.provider.release()
        gateway.loop.run()
        #expect(
            gateway.events == [.outcome(RequestID("r-1"), .accepted(as: nil)), .outcome(RequestID("r-1"), .delivered)])
    }

    @Test(
        "A report proves that the provider has the message, whatever its answer was",
        arguments: [FakeProvider.Answer.failure(.outcomeUnknown(.timeout)), .http(500), .http(503, "Temporal failure")])
    func proof(answer: FakeProvider.Answer) {
        let session = gateway.open()
        gateway.provider.hold()
        gateway.send(session, "x")
        #expect(gateway.kannel(path, [("ref", "r-1"), ("status", "8")])?.status == 200)
        gateway.provider.release(answer)
        gateway.loop.run()
        #expect(gateway.events == [.outcome(RequestID("r-1"), .accepted(as: nil))])
    }

    @Test("A report before delivery, after a missing answer, proves once that the provider has the message")
    func proofAfterwards() {
        let session = gateway.open()
        gateway.provider.answer(.failure(.outcomeUnknown(.timeout)))
        gateway.send(session, "x")
        for _ in 0..<2 { #expect(gateway.kannel(path, [("ref", "r-1"), ("status", "8")])?.status == 200) }
        #expect(gateway.events.count == 2)
        #expect(gateway.events.last == .outcome(RequestID("r-1"), .accepted(as: nil)))
    }

    @Test("A failure in a report and in a later answer is reported once")
    func failedTwice() {
        let session = gateway.open()
        gateway.provider.hold()
        gateway.send(session, "x")
        _ = gateway.kannel(path, [("ref", "r-1"), ("status", "16")])
        gateway.provider.release(.failure(.outcomeUnknown(.timeout)))
        gateway.loop.run()
        guard case .outcome(RequestID("r-1"), .failed(let failure))? = gateway.events.first else {
            Issue.record("\(gateway.events)")
            return
        }
        #expect(gateway.events.count == 1)
        #expect(failure.kind == .notAcceptable)
    }

    @Test(
        "A report tells the stage of a message, before the outcome that it belongs to",
        arguments: [("8", MessageFacts.Stage?.some(.sent)), ("16", .rejected), ("2", nil), ("1", nil)])
    func stage(status: String, stage: MessageFacts.Stage?) {
        gateway.send(gateway.open(), "x")
        _ = gateway.kannel(path, [("ref", "r-1"), ("status", status)])
        #expect(gateway.facts == (stage.map { [MessageFacts(stage: $0)] } ?? []))
        if stage == .rejected, case .outcome(_, .failed)? = gateway.sink.events.last { return }
        #expect(stage != .rejected)
    }

    @Test("The number of parts is told before the message is accepted, and only if there are several")
    func parts() {
        let session = gateway.open()
        gateway.send(session, "short", id: "r-1")
        #expect(gateway.facts.isEmpty)
        gateway.send(session, String(repeating: "a", count: 200), id: "r-2")
        #expect(gateway.facts == [MessageFacts(parts: 2)])
        #expect(gateway.events.last == .outcome(RequestID("r-2"), .accepted(as: nil)))
    }

    @Test("A report for a message from before a restart goes to the core, which knows the message")
    func unknownToUs() {
        _ = gateway.open()
        #expect(gateway.kannel(path, [("ref", "from-before"), ("status", "1")])?.status == 200)
        #expect(gateway.sink.awaited == [.outcome(RequestID("from-before"), .delivered)])
    }

    @Test(
        "A reference that we cannot have made is malformed",
        arguments: [String(repeating: "x", count: 65), "a b", "é", "a\nb"])
    func badReference(ref: String) {
        _ = gateway.open()
        #expect(gateway.kannel(path, [("ref", ref), ("status", "1")])?.status == 400)
    }

    @Test("A report for a number without an account is dropped, and for one without a session opens it")
    func noSession() {
        #expect(gateway.kannel("/box/status/15550003333", [("ref", "r-1"), ("status", "1")])?.status == 503)
        gateway.start(owned: [Gateway.alice])
        #expect(gateway.kannel("/box/status/15550003333", [("ref", "r-1"), ("status", "1")])?.status == 200)
        // This number does not belong to the account, so the report is dropped at any time.
        #expect(gateway.kannel("/box/status/15550002222", [("ref", "r-1"), ("status", "1")])?.status == 200)
        #expect(gateway.kannel("/box/status", [("ref", "r-1"), ("status", "1")])?.status == 200)
        #expect(gateway.events.isEmpty)
        #expect(gateway.kannel(path, [("ref", "r-1"), ("status", "1")])?.status == 200)
        #expect(gateway.events == [.outcome(RequestID("r-1"), .delivered)])
    }
}
