import Basics

/// The dates of HTTP headers (RFC 9110 §5.6.7).
package enum HTTPDate {
    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// Writes a date in the form `IMF-fixdate`: `Sun, 06 Nov 1994 08:49:37 GMT`.
    static func string(secondsSinceEpoch: Int) -> String {
        let time = CivilTime(secondsSince1970: secondsSinceEpoch)
        let (date, month) = (time.date, months[time.date.month - 1])
        return
            "\(days[date.weekday]), \(date.day.padded(to: 2)) \(month) \(date.year.padded(to: 4)) \(time.timeOfDay) GMT"
    }

    /// Reads a date in one of the three forms of HTTP: `Sun, 06 Nov 1994 08:49:37 GMT`,
    /// `Sunday, 06-Nov-94 08:49:37 GMT` and `Sun Nov  6 08:49:37 1994`. The day of the week is ignored.
    ///
    /// - Parameter now: the present time in seconds since 1970, which decides the century of a year with two digits.
    /// - Returns: the seconds since 1970; nil if the text has another form.
    package static func parse(_ text: String, now: Double) -> Double? {
        let words = text.split(whereSeparator: { $0 == " " || $0 == "," || $0 == "-" }).map(String.init)
        switch words.count {
        case 6 where words[5] == "GMT": return time(words[1], words[2], year(words[3], now), words[4])
        case 5: return time(words[2], words[1], year(words[4], now), words[3])
        default: return nil
        }
    }

    private static func time(_ day: String, _ month: String, _ year: Int?, _ clock: String) -> Double? {
        let parts = clock.split(separator: ":", omittingEmptySubsequences: false).map { number(String($0)) }
        guard let year, let day = number(day), let month = months.firstIndex(of: month), parts.count == 3,
            let hour = parts[0], let minute = parts[1], let second = parts[2],
            let date = CivilDate(year: year, month: month + 1, day: day),
            let time = CivilTime(date, hour: hour, minute: minute, second: second)
        else { return nil }
        return Double(time.secondsSince1970)
    }

    /// Reads a year of four digits or of two. A year of two digits is in the present century. If that is more than 50
    /// years in the future, it is in the century before (RFC 9110 §5.6.7).
    private static func year(_ text: String, _ now: Double) -> Int? {
        guard let number = number(text) else { return nil }
        guard text.utf8.count == 2 else { return text.utf8.count == 4 ? number : nil }
        let present = CivilTime(secondsSince1970: Int(min(max(now, 0), 253_402_300_799))).date.year
        let year = present / 100 * 100 + number
        return year > present + 50 ? year - 100 : year
    }

    private static func number(_ text: String) -> Int? {
        text.utf8.count <= 4 && text.utf8.allSatisfy(\.isASCIIDigit) ? Int(text) : nil
    }
}
