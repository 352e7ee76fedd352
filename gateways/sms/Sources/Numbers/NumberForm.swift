import Basics
import GatewayKit

/// How a provider writes telephone numbers.
enum NumberForm: String, Sendable, CaseIterable {
    /// `+15551234567`
    case plus = "+e164"
    /// `15551234567`; with `+` is understood too.
    case bare = "e164"
    /// As dialled at home; read with the operator's default region.
    case national

    /// What goes into a request for someone who can be answered; nil for others.
    func written(_ correspondent: Correspondent) -> String? {
        switch correspondent {
        case .number(let number): written(number)
        case .shortCode(let digits, _): digits
        case .named, .withheld: nil
        }
    }

    func written(_ number: E164) -> String {
        self == .plus ? number.rawValue : String(number.rawValue.dropFirst())
    }

    /// Reads a sender as the provider reports it. Never fails: a message must not be lost because its sender is odd,
    /// so whatever is no number becomes a name that cannot be answered.
    ///
    /// `receiver` is our number; short codes belong to its country.
    func sender(_ text: String, receiver: E164, plan: NumberPlan) -> Correspondent {
        let text = text.trimmed
        let digits = text.filter { !" -.()".contains($0) }
        if digits.isASCIIDigits, (3...6).contains(digits.utf8.count) {
            return .shortCode(digits, context: receiver.shortCodeContext)
        }
        if let number = number(text, plan: plan) { return .number(number) }
        if digits.isASCIIDigits, Correspondent.shortCodeLengths.contains(digits.utf8.count) {
            return .shortCode(digits, context: receiver.shortCodeContext)
        }
        return Correspondent(senderName: text)
    }

    /// Reads a whole number as the provider reports it; nil if it is none.
    func number(_ text: String, plan: NumberPlan) -> E164? {
        let text = text.trimmed
        // The plan reads letters as the digits of their keys; a sender "FLOWERS" is a name.
        guard text.unicodeScalars.allSatisfy({ !$0.properties.isAlphabetic }) else { return nil }
        if text.hasPrefix("+") { return try? plan.number(text) }
        if text.hasPrefix("00") { return try? plan.number("+" + text.dropFirst(2)) }
        return try? plan.number(self == .national ? text : "+" + text)
    }
}
