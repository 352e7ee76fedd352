import Basics
import GatewayKit

/// Reads the answer to CTCP TIME. It is a text for people, and each program has a form of its own.
extension ClockReading {
    /// Nil if the text has no date and time of day that can be read. A text without an offset from UTC gives the local
    /// time. The offset is then the multiple of 15 minutes by which this time is ahead of ours.
    ///
    /// - Parameter now: our own time.
    init?(words: String, now: Timestamp) {
        if let time = DateTime.parse(words) {
            let zone = words.utf8.last == UInt8(ascii: "Z") ? Substring("Z") : words.suffix(6)
            self.init(Timestamp(secondsSince1970: time), offset: Self.offset(zone) ?? 0)
            return
        }
        var parts = ClockWords()
        for word in words.split(whereSeparator: { $0 == " " || $0 == "," }).prefix(20) { parts.read(word) }
        guard let local = parts.secondsSince1970 else { return nil }
        let guess = ((Double(local) - now.secondsSince1970) / 900).rounded() * 900
        let offset = parts.offset ?? Int(min(max(guess, -50_400), 50_400))
        self.init(Timestamp(secondsSince1970: Double(local - offset)), offset: offset)
    }

    /// The seconds in an offset such as `+0100`, `-05:30` or `UTC`; nil if the word is none.
    fileprivate static func offset(_ word: Substring) -> Int? {
        if ["Z", "UTC", "GMT"].contains(word) { return 0 }
        let digits = word.dropFirst().filter { $0 != ":" }
        guard let sign = word.first, sign == "+" || sign == "-", digits.utf8.count == 4, let number = Int(digits),
            number >= 0, number % 100 < 60, number < 1_500
        else { return nil }
        let seconds = number / 100 * 3_600 + number % 100 * 60
        return sign == "-" ? -seconds : seconds
    }
}

/// The parts of a date and time in words, such as `Tue Dec 1 17:11:45 2026` or `Tue, 01 Dec 2026 17:11:45 +0100`.
private struct ClockWords {
    private var year: Int?
    private var month: Int?
    private var day: Int?
    private var time: [Int]?
    private(set) var offset: Int?

    private static let months = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]

    /// Takes the next word. The first word of each kind counts.
    mutating func read(_ word: Substring) {
        let fields = word.split(separator: ":", omittingEmptySubsequences: false).compactMap { Int($0) }
        if let zone = ClockReading.offset(word) {
            offset = offset ?? zone
        } else if word.contains(":") {
            if time == nil, (2...3).contains(fields.count) { time = fields }
        } else if let number = fields.first {
            if word.utf8.count == 4 { year = year ?? number } else { day = day ?? number }
        } else if let index = Self.months.firstIndex(of: word.prefix(3).lowercased()) {
            month = month ?? index + 1
        }
    }

    /// The date and time of day, read as UTC; nil if a part is missing or out of range.
    var secondsSince1970: Int? {
        guard let year, let month, let day, let time, let date = CivilDate(year: year, month: month, day: day),
            let moment = CivilTime(date, hour: time[0], minute: time[1], second: time.count > 2 ? time[2] : 0)
        else { return nil }
        return moment.secondsSince1970
    }
}
