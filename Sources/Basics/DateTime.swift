/// Reads and writes moments as text (RFC 3339): `2026-02-28T12:30:00.250Z`. As a number, a moment is the seconds since
/// 1970-01-01T00:00:00Z, leap seconds not counted.
package enum DateTime {
    /// Reads `CCYY-MM-DDThh:mm:ss[.sss]TZD` with any offset from UTC. Nil if the text has another form. A leap second
    /// reads as the second after it.
    package static func parse(_ text: String) -> Double? {
        var reader = Reader(Array(text.utf8))
        guard let year = reader.number(4), reader.take("-"), let month = reader.number(2), reader.take("-"),
            let day = reader.number(2), reader.take("T"), let hour = reader.number(2), reader.take(":"),
            let minute = reader.number(2), reader.take(":"), let second = reader.number(2),
            let fraction = reader.fraction(), let offset = reader.offset(), reader.isAtEnd,
            let date = CivilDate(year: year, month: month, day: day),
            let time = CivilTime(date, hour: hour, minute: minute, second: second)
        else { return nil }
        return Double(time.secondsSince1970 - offset) + fraction
    }

    /// How many decimals `print` writes.
    package enum Decimals: Sendable {
        /// Three decimals for a moment with milliseconds, no decimals for a whole second.
        case asNeeded
        /// Always three decimals.
        case milliseconds
    }

    /// Writes the moment in UTC. A moment outside the years 0000 to 9999 is written as the nearest moment within them.
    package static func print(_ instant: Double, decimals: Decimals = .asNeeded) -> String {
        let bounded = min(max(instant.isNaN ? 0 : instant, -62_167_219_200), 253_402_300_799.999)
        let (seconds, fraction) = Int((bounded * 1000).rounded()).quotientAndRemainder(flooringBy: 1000)
        let time = CivilTime(secondsSince1970: seconds)
        let isWhole = fraction == 0 && decimals == .asNeeded
        return "\(time.date)T\(time.timeOfDay)" + (isWhole ? "Z" : ".\(fraction.padded(to: 3))Z")
    }
}

extension DateTime {
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
                guard byte.isASCIIDigit else { return nil }
                number = number * 10 + Int(byte - 0x30)
            }
            index += width
            return number
        }

        /// Reads a decimal point and the digits after it; digits after the ninth are ignored. Returns zero if there is
        /// no point, and nil if no digit follows the point.
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

        /// Reads the offset from UTC in seconds, positive east of UTC.
        mutating func offset() -> Int? {
            if take("Z") { return 0 }
            let sign = take("-") ? -1 : 1
            guard sign == -1 || take("+"), let hours = number(2), take(":"), let minutes = number(2) else { return nil }
            return hours < 24 && minutes < 60 ? sign * (hours * 3600 + minutes * 60) : nil
        }
    }
}
