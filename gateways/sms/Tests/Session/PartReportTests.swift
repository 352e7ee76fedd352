import GatewayKit
import Testing

@testable import SMSAdapter

@Suite("Reports on the parts of a message")
struct PartReportTests {
    private let reports = PartReports()

    /// Whether the message is delivered after each of these reports.
    private func answers(_ id: String, _ parts: [String]) -> [Bool] {
        parts.map { reports.delivered(RequestID(id), $0).isWhole }
    }

    @Test("A message is delivered when all of its parts are; a repeated report counts once")
    func all() {
        _ = reports.sent(RequestID("r"), 3)
        #expect(answers("r", ["1", "1", "3", "2"]) == [false, false, false, true])
    }

    @Test("A message of one part, or one that is not remembered, is delivered at once")
    func single() {
        #expect(reports.sent(RequestID("r"), 1).isEmpty)
        #expect(answers("r", ["1"]) == [true] && answers("other", ["1"]) == [true])
    }

    @Test("The number of remembered messages is bounded, and those that are forgotten are kept no longer")
    func bounded() {
        var dropped: [Event] = []
        for index in 0...PartReports.most {
            dropped += reports.sent(RequestID("\(index)"), 2).filter {
                if case .state(.keep(nil, for: _)) = $0 { true } else { false }
            }
        }
        #expect(dropped.first == .state(.keep(nil, for: "sms-count/0")) && dropped.count == PartReports.most / 10)
        #expect(answers("0", ["1"]) == [true] && answers("\(PartReports.most)", ["1"]) == [false])
    }

    @Test("The counts are kept beyond a restart, until the message has ended")
    func restart() {
        #expect(reports.sent(RequestID("r"), 2) == [.state(.keep("2", for: "sms-count/r"))])
        #expect(reports.delivered(RequestID("r"), "p1").events == [.state(.keep("2 p1", for: "sms-count/r"))])
        let next = PartReports()
        next.recall(["sms-count/r": "2 p1", "sms-id/x": "y", "sms-count/bad": "x"])
        #expect(!next.delivered(RequestID("r"), "p1").isWhole)
        let last = next.delivered(RequestID("r"), "p2")
        #expect(last.isWhole && last.events == [.state(.keep(nil, for: "sms-count/r"))])
        #expect(reports.ended(RequestID("r")) == [.state(.keep(nil, for: "sms-count/r"))])
        #expect(reports.ended(RequestID("r")).isEmpty)
    }
}
