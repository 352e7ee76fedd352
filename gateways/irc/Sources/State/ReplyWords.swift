import Basics

/// Words for replies of the server whose parameters people cannot read, such as seconds since 1970.
enum ReplyWords {
    /// The reply as a text for the user.
    ///
    /// - Parameter parameters: all parameters, beginning with our nick.
    static func text(_ number: Int, _ parameters: [String]) -> String {
        let plain = parameters.dropFirst().joined(separator: " ")
        guard parameters.count > 2 else { return PlainText.withoutFormatting(plain) }
        return PlainText.withoutFormatting(words(number, parameters) ?? plain)
    }

    private static func words(_ number: Int, _ parameters: [String]) -> String? {
        let name = parameters[1]
        switch number {
        case 317:
            guard let idle = Int(parameters[2]), (0...1_000_000_000).contains(idle) else { return nil }
            let words = "\(name) has been idle for \(span(idle))"
            return words + (parameters.count > 4 ? time(parameters[3]).map { ", signed on at \($0)" } ?? "" : "")
        case 329: return time(parameters[2]).map { "\(name) was created at \($0)" }
        case 333:
            guard parameters.count > 3 else { return nil }
            return time(parameters[3]).map { "Topic of \(name) set by \(parameters[2]) at \($0)" }
        case 324: return "Modes of \(name): " + parameters.dropFirst(2).joined(separator: " ")
        default: return nil
        }
    }

    /// A number of seconds since 1970 as a date and a time of day. Nil if it is none.
    private static func time(_ text: String) -> String? {
        guard let seconds = Int(text), (0...100_000_000_000).contains(seconds) else { return nil }
        let time = CivilTime(secondsSince1970: seconds)
        return "\(time.date) \(time.timeOfDay) UTC"
    }

    /// A span of time, in its two greatest units.
    private static func span(_ seconds: Int) -> String {
        let units = [("day", seconds / 86_400), ("hour", seconds / 3_600 % 24), ("minute", seconds / 60 % 60)]
        let parts = (units + [("second", seconds % 60)]).drop { $0.1 == 0 }.prefix(2).filter { $0.1 > 0 }
        let words = parts.map { unit, count in "\(count) \(unit)\(count == 1 ? "" : "s")" }
        return words.isEmpty ? "0 seconds" : words.joined(separator: " ")
    }
}
