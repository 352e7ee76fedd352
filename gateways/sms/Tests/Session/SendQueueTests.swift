import GatewayKit
import NIOCore
import Testing

@testable import SMSAdapter

@Suite("The order of outbound messages")
struct SendQueueTests {
    private func message(_ id: String, to: String) throws -> OutboundText {
        OutboundText(
            ref: RequestID(id), from: try #require(E164("+15550001111")), to: .number(try #require(E164(to))), text: "x"
        )
    }

    @Test("Two messages to one person are never in flight together; messages to others do not wait for them")
    func perPerson() throws {
        var queue = SendQueue()
        for (id, to) in [("a1", "+15550000001"), ("a2", "+15550000001"), ("b1", "+15550000002")] {
            queue.add(try message(id, to: to))
        }
        let first = queue.start()
        #expect(first?.ref.rawValue == "a1")
        let second = queue.start()
        #expect(second?.ref.rawValue == "b1")
        let none = queue.start()
        #expect(none == nil)
        _ = queue.finish(RequestID("a1"))
        let third = queue.start()
        #expect(third?.ref.rawValue == "a2")
    }

    @Test("The numbers of messages in flight and of waiting messages are bounded")
    func bounds() throws {
        var queue = SendQueue()
        for index in 0..<SendQueue.mostWaiting {
            #expect(!queue.isFull)
            queue.add(try message("r\(index)", to: "+155500\(10_000 + index)"))
        }
        #expect(queue.isFull)
        var started = 0
        while queue.start() != nil { started += 1 }
        #expect(started == SendQueue.mostInFlight)
        #expect(!queue.isFull)
        #expect(queue.dropWaiting().count == SendQueue.mostWaiting - started)
        #expect(!queue.isEmpty)
    }

    @Test("A bounded number of reports is kept with a message; a delivery proves that the provider has it")
    func reports() throws {
        var queue = SendQueue()
        queue.add(try message("r", to: "+15550000001"))
        let id = RequestID("r")
        let report = SendQueue.EarlyReport(event: .outcome(id, .delivered), onAnswer: { _ in })
        #expect(!keepReport(report, id, &queue))
        _ = queue.start()
        for _ in 0..<SendQueue.mostReports {
            #expect(keepReport(report, id, &queue))
        }
        #expect(!keepReport(report, id, &queue))
        let finished = queue.finish(id)
        let flight = try #require(finished)
        #expect(flight.isAccepted)
        #expect(flight.reports.count == SendQueue.mostReports)
    }
}

private func keepReport(_ report: SendQueue.EarlyReport, _ id: RequestID, _ queue: inout SendQueue) -> Bool {
    queue.keepReport(report, for: id)
}

@Suite("The pace of a number")
struct SendRateTests {
    @Test("The time for a full queue follows from the rate", arguments: [(2, 5, 2500), (0.5, 1, 2000), (1000, 3, 3)])
    func duration(perSecond: Double, count: Int, milliseconds: Int) {
        #expect(SendRate(perSecond: perSecond, burst: 3).duration(of: count) == .milliseconds(milliseconds))
    }
}
