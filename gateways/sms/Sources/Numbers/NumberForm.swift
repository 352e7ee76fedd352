import Basics
import GatewayKit

/// The form in which a provider writes telephone numbers.
enum NumberForm: String, Sendable, CaseIterable {
    /// `+15551234567`
    case plus = "+e164"
    /// `15551234567`. A number with `+` is read as well.
    case bare = "e164"
    /// A number as people dial it within their country. It is read with the operator's default region.
    case national

    /// The recipient's number for a request; nil for a correspondent who cannot be answered.
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

    /// Reads a sender as the provider reports it. Never fails, because a message must not be lost for its sender: a
    /// text that is not a number becomes a named sender, who cannot be answered.
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

    /// Reads a full number as the provider reports it; nil if the text is not a number.
    func number(_ text: String, plan: NumberPlan) -> E164? {
        let text = text.trimmed
        // The numbering plan would read letters as the digits of their keys, but a sender "FLOWERS" is a name.
        guard text.unicodeScalars.allSatisfy({ !$0.properties.isAlphabetic }) else { return nil }
        if text.hasPrefix("+") { return try? plan.number(text) }
        if text.hasPrefix("00") { return try? plan.number("+" + text.dropFirst(2)) }
        return try? plan.number(self == .national ? text : "+" + text)
    }
}
