import GatewayKit
import Testing

@testable import SMSAdapter

@Suite("Reports on the parts of a message")
struct PartReportTests {
    /// Whether the message is delivered after each of these reports.
    private func answers(_ reports: inout PartReports, _ id: String, _ parts: [String]) -> [Bool] {
        var answers: [Bool] = []
        for part in parts { answers.append(reports.isDelivered(RequestID(id), part)) }
        return answers
    }

    @Test("A message is delivered when all of its parts are; a repeated report counts once")
    func all() {
        var reports = PartReports()
        reports.sent(RequestID("r"), 3)
        let seen = answers(&reports, "r", ["1", "1", "3", "2"])
        #expect(seen == [false, false, false, true])
    }

    @Test("A message of one part, or one that is not remembered, is delivered at once")
    func single() {
        var reports = PartReports()
        reports.sent(RequestID("r"), 1)
        let (one, other) = (answers(&reports, "r", ["1"]), answers(&reports, "other", ["1"]))
        #expect(one == [true] && other == [true])
    }

    @Test("The number of remembered messages is bounded")
    func bounded() {
        var reports = PartReports()
        for index in 0...PartReports.most { reports.sent(RequestID("\(index)"), 2) }
        let (first, last) = (answers(&reports, "0", ["1"]), answers(&reports, "\(PartReports.most)", ["1"]))
        #expect(first == [true] && last == [false])
    }
}
