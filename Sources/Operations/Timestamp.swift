import Foundation

/// A moment of the wall clock, in UTC.
package struct Timestamp: Sendable, Hashable {
    /// Since 1970-01-01T00:00:00Z.
    package var seconds: Int
    /// 0 to 999.
    package var milliseconds: Int

    package init(seconds: Int, milliseconds: Int = 0) {
        self.seconds = seconds
        self.milliseconds = milliseconds
    }

    /// The system's wall clock.
    package static func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(seconds: Int(time.tv_sec), milliseconds: Int(time.tv_nsec / 1_000_000))
    }

    /// RFC 3339 with milliseconds and `Z`.
    package var iso8601: String {
        var seconds = time_t(seconds)
        var utc = tm()
        gmtime_r(&seconds, &utc)
        let date = "\(utc.tm_year + 1900)-\(Self.digits(utc.tm_mon + 1))-\(Self.digits(utc.tm_mday))"
        let clock = "\(Self.digits(utc.tm_hour)):\(Self.digits(utc.tm_min)):\(Self.digits(utc.tm_sec))"
        return "\(date)T\(clock).\(Self.digits(Int32(milliseconds), 3))Z"
    }

    private static func digits(_ value: Int32, _ count: Int = 2) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, count - text.count)) + text
    }
}
