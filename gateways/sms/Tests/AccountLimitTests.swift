import Foundation
import GatewayKit
import NIOCore
import NIOEmbedded
import Testing

@testable import SMSAdapter

@Suite("Limits of an account")
struct AccountLimitTests {
    private func at(_ text: String) throws -> Timestamp {
        Timestamp(secondsSince1970: try Date(text, strategy: .iso8601).timeIntervalSince1970)
    }

    private func read(_ text: String) throws -> (AccountLimits, [String]) {
        let problems = ConfigProblems()
        let limits = AccountLimits(reading: try Profiles.reader(text, problems), account: "main")
        return (limits, problems.all.map { "\($0.key): \($0.text)" })
    }

    static let spans = [
        (
            "Europe/Berlin", "2026-12-01T22:59:59Z", "2026-12-01", "2026-12-01T23:00:00Z", "2026-12",
            "2026-12-31T23:00:00Z"
        ),
        (
            "Europe/Berlin", "2026-12-01T23:00:00Z", "2026-12-02", "2026-12-02T23:00:00Z", "2026-12",
            "2026-12-31T23:00:00Z"
        ),
        // The clocks change in the night before 2026-03-29 and before 2026-10-25.
        (
            "Europe/Berlin", "2026-03-28T23:30:00Z", "2026-03-29", "2026-03-29T22:00:00Z", "2026-03",
            "2026-03-31T22:00:00Z"
        ),
        (
            "Europe/Berlin", "2026-10-24T22:00:00Z", "2026-10-25", "2026-10-25T23:00:00Z", "2026-10",
            "2026-10-31T23:00:00Z"
        ),
        (
            "America/New_York", "2027-01-01T04:59:59Z", "2026-12-31", "2027-01-01T05:00:00Z", "2026-12",
            "2027-01-01T05:00:00Z"
        ),
        (
            "Asia/Kolkata", "2026-06-30T18:30:00Z", "2026-07-01", "2026-07-01T18:30:00Z", "2026-07",
            "2026-07-31T18:30:00Z"
        ),
    ]

    @Test("Days and months begin at midnight of the zone, also when clocks change", arguments: spans)
    func time(zone: String, now: String, day: String, dayEnd: String, month: String, monthEnd: String) throws {
        let local = LocalTime(zone: try #require(TimeZone(identifier: zone)))
        #expect(local.day(of: try at(now)) == LocalTime.Span(name: day, end: try at(dayEnd)))
        #expect(local.month(of: try at(now)) == LocalTime.Span(name: month, end: try at(monthEnd)))
    }

    @Test("A text counts its parts against the user's day and the account's month")
    func charge() throws {
        let (limits, problems) = try read(
            """
            time-zone: Europe/Berlin
            limits: {user-parts-per-day: 50, parts-per-month: 1000, spend-per-month: 12.5, currency: EUR}
            """)
        #expect(problems == [])
        let charge = try #require(limits.charge(2, at: try at("2026-12-01T12:00:00Z")))
        #expect(charge.parts == 2)
        #expect(
            charge.limits.map(\.counter) == [
                "main/2026-12-01", "main/2026-12/parts", "main/2026-12/money",
            ])
        #expect(charge.limits.map(\.most) == [50, 1000, 12.5])
        #expect(charge.limits.map(\.isShared) == [false, true, true])
        #expect(try read("{}").0.charge(2, at: Gateway.noon) == nil)
    }

    @Test(
        "Quiet hours refuse a text in the zone of the account",
        arguments: [
            ("2026-12-01T20:59:00Z", false), ("2026-12-01T21:00:00Z", true), ("2026-12-02T05:59:59Z", true),
            ("2026-12-02T06:00:00Z", false), ("2026-07-01T20:00:00Z", true), ("2026-07-02T05:00:00Z", false),
        ])
    func quiet(now: String, isQuiet: Bool) throws {
        let (limits, problems) = try read("time-zone: Europe/Berlin\nquiet-hours: {from: \"22:00\", to: \"07:00\"}")
        #expect(problems == [])
        do {
            try limits.quietHours?.check(try at(now), limits.local)
            #expect(!isQuiet)
        } catch let failure as Failure {
            #expect(isQuiet)
            #expect(
                failure.text
                    == "The message was not sent. This gateway sends no messages from 22:00 to 07:00 (Europe/Berlin)."
                    + " Send it again after 07:00.")
            #expect(failure.retry == .never)
        }
    }

    @Test(
        "In quiet hours a text can wait until they end",
        arguments: [
            ("2026-12-01T21:00:00Z", 9 * 60), ("2026-12-02T00:30:59Z", 5 * 60 + 30), ("2026-12-02T05:59:00Z", 1),
        ])
    func waits(now: String, minutes: Int) throws {
        let (limits, problems) = try read(
            "time-zone: Europe/Berlin\nquiet-hours: {from: \"22:00\", to: \"07:00\", action: wait}")
        #expect(problems == [])
        let failure = #expect(throws: Failure.self) { try limits.quietHours?.check(try at(now), limits.local) }
        #expect(failure?.retry == .after(.seconds(60 * minutes)))
    }

    @Test(
        "Faults are told",
        arguments: [
            ("time-zone: Berlin", "time-zone: 'Berlin' is not a time zone, such as Europe/Berlin"),
            (
                "quiet-hours: {from: \"22\", to: \"07:00\"}",
                "quiet-hours.from: '22' is not a time of the day, such as \"22:00\""
            ),
            (
                "quiet-hours: {from: \"07:00\", to: \"07:00\"}",
                "quiet-hours.to: the hours must end at another time than they begin"
            ),
            (
                "quiet-hours: {from: \"22:00\", to: \"07:00\", action: drop}",
                "quiet-hours.action: 'drop' is not one of 'refuse', 'wait'"
            ),
            ("limits: {currency: EUR}", "limits.currency: a currency needs 'spend-per-month'"),
        ])
    func faults(text: String, problem: String) throws {
        #expect(try read(text).1 == [problem])
    }

    @Test(
        "A text whose turn comes in quiet hours is not sent",
        arguments: [(QuietHours.Action.refuse, Failure.Retry.never), (.wait, .after(.seconds(59 * 60)))])
    func turn(action: QuietHours.Action, retry: Failure.Retry) throws {
        var account = try #require(try Gateway.settings(rate: "{per_second: 0.1, burst: 1}").accounts.first)
        account.limits = AccountLimits(account: "box")
        account.limits?.quietHours = QuietHours(from: 12 * 60 + 1, to: 13 * 60, action: action)
        let settings = SMSSettings(accounts: [account], defaultRegion: nil, isRegistrationOpen: true)
        let gateway = try Gateway(settings: settings)
        let session = gateway.open()
        gateway.send(session, "one", id: "r-1")
        gateway.send(session, "two", id: "r-2")
        #expect(gateway.provider.requests.count == 1)
        gateway.now = gateway.now.advanced(by: .seconds(61))
        gateway.loop.advanceTime(by: .seconds(11))
        gateway.loop.run()
        #expect(gateway.provider.requests.count == 1)
        guard case .outcome(RequestID("r-2"), .failed(let failure))? = gateway.events.last else {
            Issue.record("\(gateway.events)")
            return
        }
        #expect(failure.retry == retry)
    }
}
