import Basics
import Foundation

/// A filter that changes one value in a template or selector, written after a `|`. If the value does not have the form
/// that the filter needs, the result is nil, and the value counts as absent.
enum ValueFilter: Equatable, Sendable {
    case trim
    case lower
    /// A whole number in its plain spelling.
    case int
    /// The percent-encoded value, for a URL inside another value.
    case query
    /// The value of `name=value` in a list separated by commas or semicolons.
    case parameter(String)
    /// The seconds since 1970 of a time in UTC that is written in the given format.
    case time(TimeFormat)
    /// The seconds since 1970 of a time as RFC 3339 writes it. The offset may have no colon.
    case rfc3339
    /// The seconds since 1970 of a number of seconds.
    case epoch
    /// The seconds since 1970 of a number of milliseconds.
    case epochMilliseconds
    /// Removes a text from the beginning, if it is there.
    case drop(String)
    /// A number divided by a power of ten, for prices in small units: `decimal:2` for cents.
    case decimal(Int)
    /// The hex digits of the text in UTF-16 (big-endian).
    case hexUTF16

    /// Reads `name` or `name:argument`.
    init(_ text: String) throws(ProfileError) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let argument = parts.count > 1 ? parts[1] : nil
        switch (parts[0], argument) {
        case ("trim", nil): self = .trim
        case ("lower", nil): self = .lower
        case ("int", nil): self = .int
        case ("query", nil): self = .query
        case ("param", let name?) where !name.isEmpty: self = .parameter(name)
        case ("time", let format?): self = .time(try TimeFormat(format))
        case ("rfc3339", nil): self = .rfc3339
        case ("epoch", nil): self = .epoch
        case ("epoch_ms", nil): self = .epochMilliseconds
        case ("drop", let text?) where !text.isEmpty: self = .drop(text)
        case ("decimal", let digits?):
            guard let count = Int(digits), (1...9).contains(count) else {
                throw ProfileError("the filter 'decimal' needs a number of digits from 1 to 9")
            }
            self = .decimal(count)
        case ("hex_utf16", nil): self = .hexUTF16
        case ("param", _), ("time", _), ("drop", _), ("decimal", _):
            throw ProfileError("the filter '\(parts[0])' needs an argument")
        case ("trim", _), ("lower", _), ("int", _), ("query", _), ("rfc3339", _), ("epoch", _), ("epoch_ms", _),
            ("hex_utf16", _):
            throw ProfileError("the filter '\(parts[0])' takes no argument")
        default:
            throw ProfileError(
                "unknown filter '\(parts[0])'; known are trim, lower, int, query, decimal:, drop:, param:, time:, "
                    + "rfc3339, epoch, epoch_ms, hex_utf16")
        }
    }

    func apply(to value: String) -> String? {
        switch self {
        case .trim: value.trimmed
        case .lower: value.lowercased()
        case .int: Int(value.trimmed).map(String.init)
        case .query: PercentEncoding.encode(value)
        case .parameter(let name): Self.parameter(name, in: value)
        case .time(let format): format.secondsSince1970(of: value).map { String($0) }
        case .rfc3339: DateTime.parse(Self.withColon(value.trimmed)).map { String($0) }
        case .epoch: Self.seconds(value.trimmed, per: 1)
        case .epochMilliseconds: Self.seconds(value.trimmed, per: 1000)
        case .drop(let text): value.hasPrefix(text) ? String(value.dropFirst(text.count)) : value
        case .decimal(let digits): Self.divided(value.trimmed, digits)
        case .hexUTF16: Hex.encode(value.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] })
        }
    }

    /// Puts the colon into an offset such as `+0000`, which some providers leave out.
    private static func withColon(_ text: String) -> String {
        let end = text.suffix(5)
        guard end.utf8.count == 5, end.first == "+" || end.first == "-", end.dropFirst().isASCIIDigits,
            text.contains("T")
        else { return text }
        return text.dropLast(2) + ":" + text.suffix(2)
    }

    private static func divided(_ text: String, _ digits: Int) -> String? {
        guard let number = Double(text), number.isFinite, abs(number) < 1e12,
            let exact = Decimal(string: text, locale: Locale(identifier: "en_US_POSIX"))
        else { return nil }
        return "\(exact * Decimal(sign: .plus, exponent: -digits, significand: 1))"
    }

    /// A time before 1970 or after 9999 is none.
    private static func seconds(_ text: String, per second: Double) -> String? {
        guard let number = Double(text), number >= 0, number / second <= 253_402_300_799 else { return nil }
        return String(number / second)
    }

    private static func parameter(_ name: String, in list: String) -> String? {
        for part in list.split(whereSeparator: { ",;".contains($0) }) {
            let sides = part.split(separator: "=", maxSplits: 1)
            if sides.count == 2, sides[0].trimmed == name { return sides[1].trimmed }
        }
        return nil
    }
}

/// A fixed way to write a time in UTC: `yyyy`, `MM`, `dd`, `HH`, `mm`, `ss` and any signs between them.
struct TimeFormat: Equatable, Sendable {
    private enum Piece: Equatable {
        case field(Field)
        case sign(Character)
    }

    private enum Field: String, CaseIterable {
        case year = "yyyy", month = "MM", day = "dd", hour = "HH", minute = "mm", second = "ss"
    }

    private let pieces: [Piece]

    /// Reads `FORMAT,UTC`. The zone is required: without it the time would be a guess.
    init(_ text: String) throws(ProfileError) {
        guard text.hasSuffix(",UTC") else { throw ProfileError("a time format ends with ',UTC'") }
        var rest = text.dropLast(4)
        var pieces: [Piece] = []
        while let character = rest.first {
            if let field = Field.allCases.first(where: { rest.hasPrefix($0.rawValue) }) {
                pieces.append(.field(field))
                rest = rest.dropFirst(field.rawValue.count)
            } else {
                guard !character.isLetter else { throw ProfileError("'\(character)' means nothing in a time format") }
                pieces.append(.sign(character))
                rest = rest.dropFirst()
            }
        }
        guard pieces.contains(.field(.year)), pieces.contains(.field(.month)), pieces.contains(.field(.day)) else {
            throw ProfileError("a time format needs at least yyyy, MM and dd")
        }
        self.pieces = pieces
    }

    func secondsSince1970(of text: String) -> Int? {
        var rest = Substring(text.trimmed)
        var values: [Field: Int] = [:]
        for piece in pieces {
            switch piece {
            case .sign(let sign):
                guard rest.first == sign else { return nil }
                rest = rest.dropFirst()
            case .field(let field):
                let digits = rest.prefix(field.rawValue.count)
                guard digits.count == field.rawValue.count, digits.isASCIIDigits else { return nil }
                values[field] = Int(digits)
                rest = rest.dropFirst(field.rawValue.count)
            }
        }
        guard rest.isEmpty, let year = values[.year], let month = values[.month], let day = values[.day], year >= 1970,
            let date = CivilDate(year: year, month: month, day: day)
        else { return nil }
        let (hour, minute, second) = (values[.hour] ?? 0, values[.minute] ?? 0, values[.second] ?? 0)
        return CivilTime(date, hour: hour, minute: minute, second: second)?.secondsSince1970
    }
}
