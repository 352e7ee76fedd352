/// Date and time profiles (XEP-0082): instants as seconds since 1970-01-01T00:00:00Z, leap seconds not counted.
package enum DateTime {
    /// Reads the DateTime profile (XEP-0082 §3.2), `CCYY-MM-DDThh:mm:ss[.sss]TZD`, with any offset; nil if it is
    /// none. A leap second reads as the second after it.
    package static func parse(_ text: String) -> Double? {
        var reader = Reader(Array(text.utf8))
        guard let year = reader.number(4), reader.take("-"), let month = reader.number(2), reader.take("-"),
            let day = reader.number(2), reader.take("T"), let hour = reader.number(2), reader.take(":"),
            let minute = reader.number(2), reader.take(":"), let second = reader.number(2),
            (1...12).contains(month), (1...length(ofMonth: month, year: year)).contains(day),
            hour < 24, minute < 60, second <= 60,
            let fraction = reader.fraction(), let offset = reader.offset(), reader.isAtEnd
        else { return nil }
        let seconds = days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset
        return Double(seconds) + fraction
    }

    /// Writes the instant in UTC with as many decimals as milliseconds need: none or three.
    ///
    /// Instants outside the years 0000 to 9999 are written as the nearest inside.
    package static func print(_ instant: Double) -> String {
        let bounded = min(max(instant.isNaN ? 0 : instant, -62_167_219_200), 253_402_300_799.999)
        let milliseconds = Int((bounded * 1000).rounded())
        let (day, rest) = milliseconds.quotientAndRemainder(flooringBy: 86_400_000)
        let (year, month, dayOfMonth) = date(day)
        let (second, fraction) = rest.quotientAndRemainder(dividingBy: 1000)
        var text = "\(padded(year, 4))-\(padded(month, 2))-\(padded(dayOfMonth, 2))T"
        text += "\(padded(second / 3600, 2)):\(padded(second / 60 % 60, 2)):\(padded(second % 60, 2))"
        return text + (fraction == 0 ? "Z" : ".\(padded(fraction, 3))Z")
    }
}

extension DateTime {
    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }

    private static func length(ofMonth month: Int, year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days from 1970-01-01 to a date of the Gregorian calendar. Years run from March here, so that the leap day is
    /// the last, and the days before a month are 30.6 a month, rounded.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let (year, month) = month > 2 ? (year, month - 3) : (year - 1, month + 9)
        let (era, yearOfEra) = year.quotientAndRemainder(flooringBy: 400)
        let dayOfYear = (153 * month + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// The inverse of `days`.
    private static func date(_ days: Int) -> (Int, Int, Int) {
        let (era, dayOfEra) = (days + 719_468).quotientAndRemainder(flooringBy: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * month + 2) / 5 + 1
        let year = era * 400 + yearOfEra + (month >= 10 ? 1 : 0)
        return (year, month < 10 ? month + 3 : month - 9, day)
    }

    private struct Reader {
        private let bytes: [UInt8]
        private var index = 0

        init(_ bytes: [UInt8]) { self.bytes = bytes }

        var isAtEnd: Bool { index == bytes.count }

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard index < bytes.count, UInt32(bytes[index]) == character.value else { return false }
            index += 1
            return true
        }

        mutating func number(_ width: Int) -> Int? {
            guard index + width <= bytes.count else { return nil }
            var number = 0
            for byte in bytes[index..<index + width] {
                guard (0x30...0x39).contains(byte) else { return nil }
                number = number * 10 + Int(byte - 0x30)
            }
            index += width
            return number
        }

        /// Digits after a point, of which nine count; zero if there is none.
        mutating func fraction() -> Double? {
            guard take(".") else { return 0 }
            var value = 0
            var unit = 1
            let start = index
            while let digit = number(1) {
                guard unit < 1_000_000_000 else { continue }
                value = value * 10 + digit
                unit *= 10
            }
            return index > start ? Double(value) / Double(unit) : nil
        }

        /// Seconds east of UTC.
        mutating func offset() -> Int? {
            if take("Z") { return 0 }
            let sign = take("-") ? -1 : 1
            guard sign == -1 || take("+"), let hours = number(2), take(":"), let minutes = number(2) else { return nil }
            return hours < 24 && minutes < 60 ? sign * (hours * 3600 + minutes * 60) : nil
        }
    }
}

extension Int {
    fileprivate func quotientAndRemainder(flooringBy divisor: Int) -> (Int, Int) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
