import GatewayKit
import Testing

@testable import IRCAdapter

struct ServerTimeTests {
    @Test(
        "Values of the time tag are read",
        arguments: [
            ("1970-01-01T00:00:00.000Z", 0.0), ("2011-10-19T16:40:51.620Z", 1_319_042_451.62),
            ("2024-02-29T23:59:60Z", 1_709_251_200), ("2000-03-01T00:00:00.5Z", 951_868_800.5),
        ])
    func reads(_ text: String, _ seconds: Double) throws {
        let time = try #require(ServerTime.parse(text))
        #expect(abs(time.secondsSince1970 - seconds) < 0.001)
    }

    @Test(
        "Values in another form are refused",
        arguments: [
            "", "now", "2011-10-19 16:40:51.620Z", "2011-13-19T16:40:51Z", "2011-10-19T16:40:51",
            "2011-10-19T16:40:51.Z", "2011-10-19T16:40:51+00:00", "2o11-10-19T16:40:51Z", "2011-10-19T16:40:51.é0Z",
        ])
    func refuses(_ text: String) { #expect(ServerTime.parse(text) == nil) }
}
