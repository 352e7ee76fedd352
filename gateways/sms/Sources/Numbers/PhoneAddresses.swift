import Basics
import GatewayKit

/// Reads correspondents from addresses and from texts that people type. Its functions depend only on the configuration.
struct PhoneAddresses: Sendable {
    let plan: NumberPlan
    /// The context of short codes that are typed without one: the country of the operator's first number; nil if
    /// unknown.
    let shortCodeContext: String?

    /// Reads a localpart. Only the canonical form is an address. Any other form that can be understood is refused, and
    /// the error suggests the canonical form, so that one person never has two addresses.
    func correspondent(localpart: String) throws(AddressError) -> Correspondent {
        guard let correspondent = Correspondent(localpart: localpart) else {
            if localpart.contains(",") {
                throw AddressError(.malformed, "Group texts are not served here; write to one number at a time.")
            }
            let meant = try correspondent(typed: localpart)
            throw AddressError(
                .malformed, "The address must be the number with its country code, such as \(meant.localpart).",
                suggestion: meant.localpart)
        }
        guard case .number(let number) = correspondent else { return correspondent }
        let canonical = try self.number(typed: number.rawValue)
        guard canonical == number else {
            throw AddressError(
                .malformed, "\(number) is written \(canonical).", suggestion: canonical.rawValue)
        }
        return correspondent
    }

    /// Reads a text that a person typed. It may have spaces, brackets, `00` or `tel:`, and may be a national number or
    /// a short code.
    func correspondent(typed: String) throws(AddressError) -> Correspondent {
        guard typed.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw AddressError(.malformed, "\(Self.shown(typed)) is not a telephone number.")
        }
        let text = Self.withoutScheme(typed.trimmed)
        guard !text.isEmpty else { throw AddressError(.malformed, "A telephone number is needed.") }
        if let correspondent = Correspondent(localpart: text) {
            guard case .number(let number) = correspondent else { return correspondent }
            return .number(try self.number(typed: number.rawValue))
        }
        // Short codes come before any parsing, because libphonenumber makes +112345 out of 12345.
        if let digits = Self.shortCode(text) {
            if let shortCodeContext { return .shortCode(digits, context: shortCodeContext) }
            throw AddressError(
                .malformed, "\(digits) is a short code, and this gateway does not know of which country.")
        }
        return .number(try number(typed: text))
    }

    private func number(typed text: String) throws(AddressError) -> E164 {
        do {
            return try plan.number(text)
        } catch {
            throw AddressError(.malformed, Self.words(for: error, text))
        }
    }

    private static func withoutScheme(_ text: String) -> String {
        for scheme in ["tel:", "sms:"] where text.lowercased().hasPrefix(scheme) {
            return text.dropFirst(scheme.count).trimmed
        }
        return text
    }

    /// Reads 3 to 6 digits, with or without separators, as a short code. No country has national numbers of that
    /// length.
    private static func shortCode(_ text: String) -> String? {
        let digits = text.filter { !" -.".contains($0) }
        return digits.isASCIIDigits && (3...6).contains(digits.utf8.count) ? digits : nil
    }

    private static func words(for problem: NumberPlan.Problem, _ text: String) -> String {
        let shown = shown(text)
        return switch problem {
        case .notANumber: "\(shown) is not a telephone number. A right one looks like +15551234567."
        case .noCountry:
            "\(shown) has no country code that exists. Write + and the country code first, as in +15551234567."
        case .tooShort: "\(shown) is too short to be a telephone number."
        case .tooLong: "\(shown) is too long to be a telephone number."
        case .impossible: "\(shown) does not have the length of a telephone number in its country."
        case .hasExtension: "\(shown) has an extension; text messages go to whole numbers only."
        }
    }

    /// Shortens a typed text to one line, to quote it in an error text for the user.
    static func shown(_ text: String) -> String {
        let line = text.unicodeScalars.prefix(32).map { $0.properties.generalCategory == .control ? " " : $0 }
        return "'" + String(String.UnicodeScalarView(line)) + "'"
    }
}
