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
    private let kinds = NumberCache<E164, NumberKind>(capacity: 4096)
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

    /// The region and the kind of rate of a number, by which `Destinations` decides.
    func kind(of number: E164) -> NumberKind { kinds.value(for: number, otherwise: Self.readKind) }

    /// Whether a short code leads to an emergency service in its country. 112 and 911 do so in every mobile network
    /// (3GPP TS 22.101 §10.1.1).
    ///
    /// - Parameter countryCode: the digits of the country code, without `+`.
    static func isEmergency(_ code: String, countryCode: String) -> Bool {
        ["112", "911"].contains(code) || cphone_is_emergency(code, Int32(countryCode) ?? 0)
    }

    /// Reads a number that a person of the region has typed. Three readings are tried in this order, and the first one
    /// that gives a possible number counts:
    ///
    /// 1. a country code behind the digits that people of the region dial before it, such as 0011;
    /// 2. a country code behind 00, which is usual elsewhere;
    /// 3. a number with a plus, or a national number of the region.
    ///
    /// The region's own digits come first, because in some regions they begin with 00 and are longer.
    private static func read(_ question: Question) -> Result<E164, Problem> {
        let reading = Reading(question.text, region: question.region)
        guard let rest = question.text.behindTwoZeros, !(reading.isDialledAbroad && reading.result.isSuccess) else {
            return reading.result
        }
        let usual = Reading("+" + rest, region: question.region).result
        return usual.isSuccess || !reading.result.isSuccess ? usual : reading.result
    }

    private static func readKind(_ number: E164) -> NumberKind {
        let reading = Reading(number.rawValue, region: nil)
        return NumberKind(region: reading.region, isPremium: reading.isPremium)
    }

    /// The facts that the library reads from a text.
    private struct Reading {
        let result: Result<E164, Problem>
        /// Whether the country code followed the digits that people of the region dial before country codes.
        var isDialledAbroad = false
        var isPremium = false
        /// The region that the number belongs to; nil if unknown.
        var region: String?

        init(_ text: String, region: String?) {
            var number = [CChar](repeating: 0, count: Int(CPHONE_E164_CAPACITY))
            var owner = [CChar](repeating: 0, count: Int(CPHONE_REGION_CAPACITY))
            var facts = cphone_facts()
            let status = cphone_parse(
                text, text.utf8.count, region, &number, number.count, &owner, owner.count, &facts)
            guard status == CPHONE_OK else {
                result = .failure(Self.problem(status))
                return
            }
            isDialledAbroad = facts.dialled_abroad
            isPremium = facts.premium
            let found = Self.text(owner)
            self.region = found.isEmpty ? nil : found
            if facts.extension {
                result = .failure(.hasExtension)
            } else if facts.possible, let e164 = E164(Self.text(number)) {
                result = .success(e164)
            } else {
                result = .failure(.impossible)
            }
        }

        private static func text(_ characters: [CChar]) -> String {
            String(decoding: characters.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        }

        private static func problem(_ status: cphone_status) -> Problem {
            switch status {
            case CPHONE_NO_COUNTRY: .noCountry
            case CPHONE_TOO_SHORT: .tooShort
            case CPHONE_TOO_LONG: .tooLong
            default: .notANumber
            }
        }
    }
}

/// The region and the kind of rate of a number, by which `Destinations` decides.
struct NumberKind: Sendable, Equatable {
    /// The region that the number belongs to: two capital letters, or `001` for no country; nil if unknown.
    let region: String?
    /// Whether the number has a premium rate.
    let isPremium: Bool
}

extension Result {
    fileprivate var isSuccess: Bool { if case .success = self { true } else { false } }
}

extension String {
    /// The text behind the two zeros with which it begins; nil if it begins otherwise. Separators may stand before and
    /// between the zeros.
    fileprivate var behindTwoZeros: Substring? {
        var rest = self[...]
        for _ in 0..<2 {
            rest = rest.drop { " -.()".contains($0) }
            guard rest.first == "0" else { return nil }
            rest = rest.dropFirst()
        }
        return rest
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
