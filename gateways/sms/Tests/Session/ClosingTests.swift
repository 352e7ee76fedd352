import GatewayKit
import GatewayTesting
import HTTP
import NIOCore
import NIOEmbedded
import Testing

@testable import SMSAdapter

@Suite("Closing a session")
struct ClosingTests {
    private let gateway: Gateway

    init() throws { gateway = try Gateway() }

    @Test("A session without open messages is closed at once")
    func idle() {
        var isDone = false
        gateway.open().close(reason: "bye") { isDone = true }
        #expect(isDone)
    }

    @Test("Waiting messages fail and may be sent again; messages in flight get their answer")
    func open() {
        let session = gateway.open()
        gateway.provider.hold()
        gateway.send(session, "in flight", id: "r-1")
        gateway.send(session, "waiting", id: "r-2")
        var isDone = false
        session.close(reason: "bye") { isDone = true }
        guard case .outcome(RequestID("r-2"), .failed(let failure))? = gateway.events.first else {
            Issue.record("\(gateway.events)")
            return
        }
        #expect(failure.retry == .after(.zero))
        #expect(!isDone)
        gateway.provider.release()
        gateway.loop.run()
        #expect(isDone)
        #expect(gateway.events.last == .outcome(RequestID("r-1"), .accepted(as: nil)))
        #expect(gateway.provider.requests.count == 1)
    }

    @Test("An answer that does not come in time is an unknown outcome, and a later answer makes no event")
    func late() {
        let session = gateway.open()
        gateway.provider.hold()
        gateway.send(session, "in flight", id: "r-1")
        var dones = 0
        session.close(reason: "bye") { dones += 1 }
        gateway.loop.advanceTime(by: SMSSession.closingTime)
        #expect(dones == 1)
        guard case .outcome(RequestID("r-1"), .failed(let failure))? = gateway.events.last else {
            Issue.record("\(gateway.events)")
            return
        }
        #expect(failure.kind == .unknownOutcome)
        let count = gateway.sink.events.count
        gateway.provider.release()
        gateway.send(session, "too late", id: "r-3")
        #expect(gateway.sink.events.count == count)
        #expect(dones == 1)
    }
}
