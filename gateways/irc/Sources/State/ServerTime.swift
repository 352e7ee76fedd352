import GatewayKit

/// The `time` tag (IRCv3 server-time): `YYYY-MM-DDThh:mm:ss.sssZ`.
enum ServerTime {
    /// Nil if it is not exactly of that form; the fraction may have any length or be missing.
    static func parse(_ text: String) -> Timestamp? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes.count <= 40, bytes.last == UInt8(ascii: "Z") else { return nil }
        for (position, mark) in separators where bytes[position] != mark { return nil }
        func number(_ range: Range<Int>) -> Int? {
            bytes[range].allSatisfy(\.isASCIIDigit) ? Int(String(decoding: bytes[range], as: UTF8.self)) : nil
        }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
            (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second <= 60,
            let fraction = fraction(bytes[19..<(bytes.count - 1)])
        else { return nil }
        let seconds = ((daysSince1970(year, month, day) * 24 + hour) * 60 + minute) * 60 + second
        return Timestamp(secondsSince1970: Double(seconds) + fraction)
    }

    private static let separators: [(Int, UInt8)] = [
        (4, UInt8(ascii: "-")), (7, UInt8(ascii: "-")), (10, UInt8(ascii: "T")), (13, UInt8(ascii: ":")),
        (16, UInt8(ascii: ":")),
    ]

    private static func fraction(_ bytes: ArraySlice<UInt8>) -> Double? {
        guard let first = bytes.first else { return 0 }
        guard first == UInt8(ascii: "."), bytes.count > 1, bytes.dropFirst().allSatisfy(\.isASCIIDigit) else {
            return nil
        }
        return Double("0" + String(decoding: bytes, as: UTF8.self))
    }

    /// Days in the proleptic Gregorian calendar, counted in years that begin in March.
    private static func daysSince1970(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let shifted = month > 2 ? year : year - 1
        let yearDays = shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400
        let monthDays = (153 * ((month + 9) % 12) + 2) / 5
        return yearDays + monthDays + day - 1 - 719_468
    }
}
