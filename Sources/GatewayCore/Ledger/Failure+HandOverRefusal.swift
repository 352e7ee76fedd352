import Basics
import GatewayKit
import Registry
import XMPP

extension Failure {
    /// The failure of a message that may not be handed over to the network. Its text says since when the person has
    /// opted out, or which limit is reached, and how that ends.
    ///
    /// - Parameter hint: tells how a person who has opted out can get messages again.
    init(_ refusal: HandOverRefusal, hint: String?) {
        switch refusal {
        case .optedOut(let optOut):
            let time = Self.shown(optOut.since)
            let reason =
                switch optOut.source {
                case .person: "On \(time), this person asked to get no more messages from you."
                case .network: "On \(time), the network reported that this person wants no messages from you."
                }
            // `optedOut` is the word of the network. The registry would note it as a new wish.
            self.init(.policy, [reason, hint].compactMap(\.self).joined(separator: " "))
        case .limit(let limit, let used):
            self.init(.rateLimited, Self.words(of: limit, used))
        }
    }

    private static func words(of limit: Charge.Limit, _ used: Double) -> String {
        let subject = limit.isShared ? "This gateway may" : "You may"
        let amount =
            switch limit.unit {
            case .parts: "send \(shown(limit.most)) parts of messages"
            case .money(let currency): "spend " + shown(limit.most) + (currency.map { " " + $0 } ?? "")
            }
        return "The message was not sent. \(subject) \(amount) each \(limit.period.rawValue), of which"
            + " \(shown(used)) are used. The next \(limit.period.rawValue) begins on \(shown(limit.endsAt))."
    }

    private static func shown(_ number: Double) -> String {
        let cents = (number * 100).rounded() / 100
        return cents == cents.rounded() && abs(cents) < 1e15 ? "\(Int(cents))" : "\(cents)"
    }

    /// A time such as `2026-12-01 12:34 UTC`.
    private static func shown(_ time: Timestamp) -> String {
        let text = DateTime.print(time.secondsSince1970)
        return "\(text.prefix(10)) \(text.dropFirst(11).prefix(5)) UTC"
    }
}
