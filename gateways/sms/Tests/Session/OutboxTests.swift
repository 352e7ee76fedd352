import GatewayKit
import NIOCore
import Testing

@testable import SMSAdapter

@Suite("The order in which messages are handed over")
struct OutboxTests {
    private func message(_ id: String, to: String) throws -> OutboundText {
        OutboundText(
            ref: RequestID(id), from: try #require(E164("+15550001111")), to: .number(try #require(E164(to))), text: "x"
        )
    }

    @Test("Two messages to one person are never in flight together; others do not wait for them")
    func perPerson() throws {
        var outbox = Outbox()
        for (id, to) in [("a1", "+15550000001"), ("a2", "+15550000001"), ("b1", "+15550000002")] {
            outbox.add(try message(id, to: to))
        }
        let first = outbox.start()
        #expect(first?.ref.rawValue == "a1")
        let second = outbox.start()
        #expect(second?.ref.rawValue == "b1")
        let none = outbox.start()
        #expect(none == nil)
        _ = outbox.finish(RequestID("a1"))
        let third = outbox.start()
        #expect(third?.ref.rawValue == "a2")
    }

    @Test("Only so many messages are in flight, and only so many wait")
    func bounds() throws {
        var outbox = Outbox()
        for index in 0..<Outbox.mostWaiting {
            #expect(!outbox.isFull)
            outbox.add(try message("r\(index)", to: "+155500\(10_000 + index)"))
        }
        #expect(outbox.isFull)
        var started = 0
        while outbox.start() != nil { started += 1 }
        #expect(started == Outbox.mostInFlight)
        #expect(!outbox.isFull)
        #expect(outbox.dropWaiting().count == Outbox.mostWaiting - started)
        #expect(!outbox.isEmpty)
    }

    @Test("Reports are kept with their message, a few at most; a delivery proves that the provider has it")
    func reports() throws {
        var outbox = Outbox()
        outbox.add(try message("r", to: "+15550000001"))
        let id = RequestID("r")
        let report = Outbox.ParkedReport(event: .outcome(id, .delivered), taken: { _ in })
        #expect(!park(report, id, &outbox))
        _ = outbox.start()
        for _ in 0..<Outbox.mostReports {
            #expect(park(report, id, &outbox))
        }
        #expect(!park(report, id, &outbox))
        let finished = outbox.finish(id)
        let flight = try #require(finished)
        #expect(flight.isProven)
        #expect(flight.reports.count == Outbox.mostReports)
    }
}

private func park(_ report: Outbox.ParkedReport, _ id: RequestID, _ outbox: inout Outbox) -> Bool {
    outbox.park(report, for: id)
}

@Suite("The pace of a number")
struct SendPaceTests {
    @Test("A burst goes at once, then one message after the other at the rate")
    func pace() {
        let start = NIODeadline.uptimeNanoseconds(1_000_000_000)
        var pace = SendPace(SendPace.Limit(perSecond: 2, burst: 3), now: start)
        func take(_ now: NIODeadline) -> TimeAmount? { pace.take(now: now) }
        for _ in 0..<3 { #expect(take(start) == nil) }
        #expect(take(start) == .milliseconds(500))
        #expect(take(start + .milliseconds(499)) == .milliseconds(1))
        #expect(take(start + .milliseconds(500)) == nil)
        #expect(take(start + .milliseconds(500)) == .milliseconds(500))
        for _ in 0..<3 { #expect(take(start + .hours(1)) == nil) }
        #expect(take(start + .hours(1)) != nil)
        #expect(pace.duration(of: 5) == .milliseconds(2500))
    }
}
