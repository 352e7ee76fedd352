/// A day of the proleptic Gregorian calendar, which extends to the time before the calendar was introduced. A date has
/// no time zone.
package struct CivilDate: Hashable, Sendable, CustomStringConvertible {
    package let year: Int
    /// 1 to 12.
    package let month: Int
    /// 1 to 31.
    package let day: Int

    /// Nil if there is no such day, or if the year is outside 0 to 9999.
    package init?(year: Int, month: Int, day: Int) {
        guard (0...9999).contains(year), (1...12).contains(month),
            (1...Self.length(ofMonth: month, year: year)).contains(day)
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    /// The day that lies this many days after 1970-01-01. A day before the year 0000 becomes the first day of that
    /// year. A day after the year 9999 becomes the last day of that year.
    package init(daysSince1970: Int) {
        let days = min(max(daysSince1970, Self.firstDay), Self.lastDay) + Self.daysFromMarchOfYear0
        let (era, dayOfEra) = days.quotientAndRemainder(flooringBy: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = era * 400 + yearOfEra + (monthFromMarch >= 10 ? 1 : 0)
    }

    /// Days since 1970-01-01; negative before that day.
    package var daysSince1970: Int {
        // Years begin in March here, so that the leap day is the last day of a year. Then the number of days before
        // each month is 30.6 times the months since March, rounded.
        let (year, month) = self.month > 2 ? (self.year, self.month - 3) : (self.year - 1, self.month + 9)
        let (era, yearOfEra) = year.quotientAndRemainder(flooringBy: 400)
        let dayOfYear = (153 * month + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - Self.daysFromMarchOfYear0
    }

    /// The day of the week: 0 for Sunday to 6 for Saturday.
    package var weekday: Int { (daysSince1970 + 4).quotientAndRemainder(flooringBy: 7).1 }

    /// The date as `2026-02-28`.
    package var description: String { "\(year.padded(to: 4))-\(month.padded(to: 2))-\(day.padded(to: 2))" }

    private static let daysFromMarchOfYear0 = 719_468
    /// 0000-01-01 and 9999-12-31 as days since 1970-01-01.
    private static let (firstDay, lastDay) = (-719_528, 2_932_896)

    private static func length(ofMonth month: Int, year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

/// A second of the Gregorian calendar, in UTC unless the caller means another zone.
package struct CivilTime: Hashable, Sendable {
    package let date: CivilDate
    /// 0 to 23.
    package let hour: Int
    /// 0 to 59.
    package let minute: Int
    /// 0 to 60: a leap second counts as the second after it.
    package let second: Int

    /// Nil if the time of day is out of range.
    package init?(_ date: CivilDate, hour: Int, minute: Int, second: Int) {
        guard (0...23).contains(hour), (0...59).contains(minute), (0...60).contains(second) else { return nil }
        self.date = date
        self.hour = hour
        self.minute = minute
        self.second = second
    }

    /// The time in UTC this many seconds after 1970-01-01T00:00:00Z, leap seconds not counted. The date is limited to
    /// the years 0000 to 9999, as in `CivilDate.init(daysSince1970:)`.
    package init(secondsSince1970: Int) {
        let (day, rest) = secondsSince1970.quotientAndRemainder(flooringBy: 86_400)
        date = CivilDate(daysSince1970: day)
        (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60)
    }

    /// Seconds since 1970-01-01T00:00:00Z, leap seconds not counted, if this time is in UTC.
    package var secondsSince1970: Int { date.daysSince1970 * 86_400 + hour * 3600 + minute * 60 + second }

    /// The time of day as `23:59:60`.
    package var timeOfDay: String { "\(hour.padded(to: 2)):\(minute.padded(to: 2)):\(second.padded(to: 2))" }
}

extension Int {
    /// Divides and rounds down, so that the remainder is never negative. The divisor must be positive.
    func quotientAndRemainder(flooringBy divisor: Int) -> (Int, Int) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }

    /// The number with leading zeros, at least `width` characters long.
    package func padded(to width: Int) -> String {
        let digits = String(self)
        return String(repeating: "0", count: Swift.max(0, width - digits.utf8.count)) + digits
    }
}
