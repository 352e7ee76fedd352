import CPhoneNumber
import GatewayKit

/// Reads telephone numbers by the world's numbering plans (libphonenumber).
///
/// A number is accepted if it is *possible*, even if it is not valid: the plans in the library are older than the
/// newest ranges of numbers. Results are cached, because one costs about 60 microseconds.
final class NumberPlan: Sendable {
    /// Why a text is not a telephone number that can be dialled from every country.
    enum Problem: Error, Equatable {
        case notANumber, noCountry, tooShort, tooLong, impossible, hasExtension
    }

    private struct Question: Hashable {
        let text: String
        let region: String?
    }

    private let cache = NumberCache<Question, Result<E164, Problem>>(capacity: 4096)
    private let shownNumbers = NumberCache<E164, String>(capacity: 4096)
    /// The region that completes national numbers: two upper-case letters (ISO 3166-1).
    let defaultRegion: String?

    init(defaultRegion: String? = nil) { self.defaultRegion = defaultRegion }

    /// Reads a number with its country code, with any separators, or a national number of the default region.
    func number(_ text: String) throws(Problem) -> E164 {
        guard text.utf8.count <= 64 else { throw .tooLong }
        return try cache.value(for: Question(text: text, region: defaultRegion), otherwise: Self.read).get()
    }

    /// The number as people write it: `+1 555 765 4320`. Spaces separate the groups in every country, so that clients
    /// show a number alike everywhere.
    func shown(_ number: E164) -> String { shownNumbers.value(for: number, otherwise: Self.show) }

    private static func show(_ number: E164) -> String {
        var shown = [CChar](repeating: 0, count: Int(CPHONE_SHOWN_CAPACITY))
        let text = number.rawValue
        guard cphone_show(text, text.utf8.count, &shown, shown.count) == CPHONE_OK else { return text }
        let written = String(decoding: shown.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        return String(written.map { "-./()".contains($0) ? " " : $0 }).split(separator: " ").joined(separator: " ")
    }

    static func isRegion(_ region: String) -> Bool { cphone_is_region(region) }

    private static func read(_ question: Question) -> Result<E164, Problem> {
        var number = [CChar](repeating: 0, count: Int(CPHONE_E164_CAPACITY))
        var region = [CChar](repeating: 0, count: Int(CPHONE_REGION_CAPACITY))
        var facts = cphone_facts()
        let status = cphone_parse(
            question.text, question.text.utf8.count, question.region, &number, number.count, &region, region.count,
            &facts)
        switch status {
        case CPHONE_OK: break
        case CPHONE_NO_COUNTRY: return .failure(.noCountry)
        case CPHONE_TOO_SHORT: return .failure(.tooShort)
        case CPHONE_TOO_LONG: return .failure(.tooLong)
        default: return .failure(.notANumber)
        }
        guard !facts.extension else { return .failure(.hasExtension) }
        let text = String(decoding: number.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        guard facts.possible, let e164 = E164(text) else { return .failure(.impossible) }
        return .success(e164)
    }
}

extension E164 {
    /// The country code without `+` (ITU-T E.164 Annex, list of assigned codes).
    var countryCode: String {
        let digits = rawValue.dropFirst()
        let length =
            if digits.first == "1" || digits.first == "7" {
                1
            } else if Self.twoDigitCodes.contains(String(digits.prefix(2))) { 2 } else { 3 }
        return String(digits.prefix(length))
    }

    /// The context in which a short code that is used with this number has its meaning.
    var shortCodeContext: String { countryCode == "1" ? Correspondent.northAmericanContext : "+" + countryCode }

    /// The number for logs: enough to tell numbers apart, not enough to dial.
    var redacted: String { "…" + rawValue.suffix(2) }

    private static let twoDigitCodes: Set<String> = Set(
        [20, 27, 36, 39, 40, 41, 81, 82, 84, 86, 98].map(String.init)
            + [30...34, 43...49, 51...58, 60...66, 90...95].flatMap { $0.map(String.init) })
}
