import Basics
import Foundation
import GatewayKit

/// Finds the day, the month and the minute of a moment in a time zone.
struct LocalTime: Sendable {
    let zone: TimeZone

    init(zone: TimeZone = .gmt) { self.zone = zone }

    /// A span of time with its name.
    struct Span: Equatable {
        /// The name of a day, such as `2026-12-01`, or of a month, such as `2026-12`.
        let name: String
        let end: Timestamp
    }

    /// The day of a moment.
    func day(of time: Timestamp) -> Span {
        let date = date(of: time)
        return Span(name: date.description, end: start(ofDay: date.daysSince1970 + 1))
    }

    /// The month of a moment.
    func month(of time: Timestamp) -> Span {
        let date = date(of: time)
        let next = CivilDate(
            year: date.month == 12 ? date.year + 1 : date.year, month: date.month % 12 + 1, day: 1)
        return Span(
            name: String(date.description.prefix(7)), end: start(ofDay: next?.daysSince1970 ?? date.daysSince1970 + 31))
    }

    /// The minute of the day at a moment, 0 to 1439.
    func minute(of time: Timestamp) -> Int {
        let civil = CivilTime(secondsSince1970: local(time))
        return civil.hour * 60 + civil.minute
    }

    private func date(of time: Timestamp) -> CivilDate { CivilTime(secondsSince1970: local(time)).date }

    private func local(_ time: Timestamp) -> Int {
        let seconds = Int(min(max(time.secondsSince1970, -1e11), 1e11).rounded(.down))
        return seconds + offset(at: seconds)
    }

    private func offset(at seconds: Int) -> Int {
        zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds)))
    }

    /// The beginning of a day. Takes the zone's offset at that moment: it differs from the offset at midnight UTC if
    /// clocks change in between.
    private func start(ofDay day: Int) -> Timestamp {
        let seconds = day * 86_400
        let near = seconds - offset(at: seconds - offset(at: seconds))
        return Timestamp(secondsSince1970: Double(near))
    }
}
