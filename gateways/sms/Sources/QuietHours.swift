import Basics
import Foundation
import GatewayKit

/// The hours of the day in which no texts are sent, in the time zone of the account.
struct QuietHours: Sendable, Equatable {
    /// The treatment of a text in these hours.
    enum Action: String, Sendable, CaseIterable {
        /// The sender gets an error.
        case refuse
        /// The text is sent when the hours are over, if it is not older than the lifetime of messages by then.
        case wait
    }

    /// Minutes of the day. If `from` is later than `to`, the hours include midnight.
    let from: Int
    let to: Int
    var action = Action.refuse

    /// Throws if a moment is within the hours: the refusal for the user, or a failure after which the core tries again
    /// when the hours are over.
    func check(_ now: Timestamp, _ local: LocalTime) throws(Failure) {
        let minute = local.minute(of: now)
        let isQuiet = from < to ? (from..<to).contains(minute) : minute >= from || minute < to
        guard isQuiet else { return }
        let rule =
            "This gateway sends no messages from \(Self.shown(from)) to \(Self.shown(to)) (\(local.zone.identifier))."
        switch action {
        case .refuse:
            throw Failure(
                .rateLimited, "The message was not sent. \(rule) Send it again after \(Self.shown(to)).")
        case .wait:
            // If clocks change before the end, the message comes back too early, and waits again.
            let minutes = (to - minute + 1_440) % 1_440
            throw Failure(.rateLimited, "The message waits. \(rule)", retry: .after(.seconds(60 * minutes)))
        }
    }

    private static func shown(_ minute: Int) -> String {
        "\((minute / 60).padded(to: 2)):\((minute % 60).padded(to: 2))"
    }
}

extension QuietHours {
    /// Reads `{from: "22:00", to: "07:00", action: wait}`, and finishes the reader.
    init?(reading reader: ConfigReader) {
        defer { reader.finish() }
        let minutes = ["from", "to"].map { key -> Int? in
            guard let text = reader.requiredString(key) else { return nil }
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 2, parts.allSatisfy({ (1...2).contains($0.utf8.count) }), let hour = Int(parts[0]),
                let minute = Int(parts[1]), (0...23).contains(hour), (0...59).contains(minute)
            else {
                reader.report(key, "'\(text)' is not a time of the day, such as \"22:00\"")
                return nil
            }
            return hour * 60 + minute
        }
        let action = reader.choice("action", of: Action.self) ?? .refuse
        guard let from = minutes[0], let to = minutes[1] else { return nil }
        guard from != to else {
            reader.report("to", "the hours must end at another time than they begin")
            return nil
        }
        self.init(from: from, to: to, action: action)
    }
}
