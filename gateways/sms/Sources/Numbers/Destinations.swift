import GatewayKit

/// The rules about the numbers to which users may send texts. No text goes to an emergency number: it may be lost, and
/// the person in need would wait for help in vain.
struct Destinations: Sendable {
    /// A country in the configuration: a region, such as `US`, or all regions of a country code, such as `+1`.
    enum Country: Hashable, Sendable {
        case region(String)
        case code(String)

        /// Nil if the text is neither the two capital letters of a region nor `+` and a country code.
        init?(_ text: String) {
            if text.hasPrefix("+"), let number = E164(text + "000000"), number.countryCode == text.dropFirst() {
                self = .code(String(text.dropFirst()))
            } else if NumberPlan.isRegion(text) {
                self = .region(text)
            } else {
                return nil
            }
        }
    }

    /// The countries to which users may send; nil for all.
    private let allowed: Set<Country>?
    private let denied: Set<Country>
    private let allowsPremium: Bool
    private let plan: NumberPlan

    init(allowed: Set<Country>? = nil, denied: Set<Country> = [], allowsPremium: Bool = false, plan: NumberPlan) {
        self.allowed = allowed
        self.denied = denied
        self.allowsPremium = allowsPremium
        self.plan = plan
    }

    /// Checks that users may send to a correspondent.
    ///
    /// - Parameters:
    ///   - correspondent: the recipient. The rules concern numbers and short codes only.
    ///   - sender: our number that sends. A short code is one of the sender's country.
    /// - Throws: the refusal for the user.
    func check(_ correspondent: Correspondent, from sender: E164) throws(Failure) {
        switch correspondent {
        case .shortCode(let code, _): try check(code, of: sender)
        case .number(let number): try check(number)
        case .named, .withheld: break
        }
    }

    private func check(_ code: String, of sender: E164) throws(Failure) {
        guard !NumberPlan.isEmergency(code, countryCode: sender.countryCode) else {
            throw Failure(.policy, "\(code) is an emergency number. This gateway cannot reach it: call it by phone.")
        }
    }

    private func check(_ number: E164) throws(Failure) {
        let kind = plan.kind(of: number)
        guard allowsPremium || !kind.isPremium else {
            throw Failure(.policy, "\(number) has a premium rate, and this gateway does not send to such numbers.")
        }
        let countries = [.code(number.countryCode)] + (kind.region.map { [Country.region($0)] } ?? [])
        guard allowed.map({ !$0.isDisjoint(with: countries) }) ?? true, denied.isDisjoint(with: countries) else {
            throw Failure(.policy, "This gateway does not send to the country of \(number).")
        }
    }
}

extension Destinations {
    /// Reads the key `destinations` of an `sms` section. Without it, only emergency numbers and premium numbers are
    /// refused. Faults are reported through the reader.
    init(reading reader: ConfigReader, plan: NumberPlan) {
        guard let section = reader.map("destinations") else {
            self.init(plan: plan)
            return
        }
        defer { section.finish() }
        self.init(
            allowed: Self.countries("allow", section), denied: Self.countries("deny", section) ?? [],
            allowsPremium: section.boolean("premium") ?? false, plan: plan)
    }

    private static func countries(_ key: String, _ reader: ConfigReader) -> Set<Country>? {
        guard reader.node(key) != nil else { return nil }
        let countries = reader.strings(key).compactMap { text in
            if let country = Country(text) { return country }
            let words =
                "'\(text)' is neither a region of two capital letters, such as US, nor a country code, such as +44"
            reader.report(key, words)
            return nil as Country?
        }
        return Set(countries)
    }
}
