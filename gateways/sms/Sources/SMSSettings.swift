import GatewayKit

/// The `sms` section of a gateway in the configuration, checked.
package struct SMSSettings: Sendable {
    /// The accounts in the order of the file.
    package let accounts: [ProviderAccount]
    /// The region that completes numbers that people type without a country code.
    package let defaultRegion: String?
    /// Whether users may register numbers that have no owner in the configuration.
    package let isRegistrationOpen: Bool
    /// How long a number stays reserved after its user has unregistered.
    package let quarantine: Duration
    /// The words by which people stop and start texts; nil if they have no effect.
    var consentWords: ConsentWords? = ConsentWords()
    /// Whether typographic punctuation is replaced before a text is sent.
    var replacesPunctuation = false
    /// What becomes of pictures and other files.
    package var media = MediaSettings()

    package init(
        accounts: [ProviderAccount], defaultRegion: String?, isRegistrationOpen: Bool = false,
        quarantine: Duration = .seconds(30 * 86_400)
    ) {
        self.accounts = accounts
        self.defaultRegion = defaultRegion
        self.isRegistrationOpen = isRegistrationOpen
        self.quarantine = quarantine
    }

    /// Reads the section. Every fault is reported through the reader; with a fault the result is nil.
    ///
    /// - Parameters:
    ///   - profiles: the provider profiles by name, both built-in and the operator's own. Those in use are checked, and
    ///     their own tests are run.
    ///   - broken: files that are not YAML, with the reason.
    ///   - own: the names of the operator's own profiles. Faults of those that are not used are warnings.
    ///   - known: the names of built-in profiles that `profiles` may lack because no account uses them.
    package init?(
        reading reader: ConfigReader, profiles: [String: ConfigNode], broken: [String: ConfigProblem] = [:],
        own: Set<String> = [], known: [String] = []
    ) {
        let before = reader.problems.errorCount
        var loader = ProfileLoader(
            nodes: profiles, broken: broken, known: known, problems: reader.problems, secrets: reader.secrets)
        defaultRegion = Self.region(reader)
        isRegistrationOpen = reader.boolean("open-registration") ?? false
        quarantine = .seconds(86_400 * (reader.integer("number-quarantine", in: 0...3_650) ?? 30))
        consentWords = ConsentWords.read(reader)
        replacesPunctuation = reader.boolean("replace-punctuation") ?? false
        media = reader.map("media").map { MediaSettings(reading: $0) } ?? MediaSettings()
        let destinations = Destinations(reading: reader, plan: NumberPlan(defaultRegion: defaultRegion))
        var accounts: [ProviderAccount] = []
        if let map = reader.map("accounts") {
            for entry in map.allEntries {
                if var account = Self.account(entry.key, map, map.reader(for: entry), &loader) {
                    account.destinations = destinations
                    account.replacesPunctuation = replacesPunctuation
                    account.media = media
                    accounts.append(account)
                }
            }
            Self.reportSharedNumbers(accounts, map)
            if map.allEntries.isEmpty { reader.report("accounts", "at least one provider account is needed") }
        } else {
            reader.report("accounts", "required, but missing: at least one provider account")
        }
        reader.finish()
        loader.warnOfUnused(own)
        self.accounts = accounts
        if !numbers.isEmpty, !isRegistrationOpen, owners.isEmpty {
            let words = "no number belongs to a user and open-registration is false, so nobody can register"
            reader.report("accounts", words, severity: .warning)
        }
        guard reader.problems.errorCount == before else { return nil }
    }

    /// The names of the providers that the accounts of a section use. Reports nothing.
    package static func providers(in reader: ConfigReader) -> Set<String> {
        guard case .map(let accounts)? = reader.node("accounts")?.value else { return [] }
        let texts = accounts.compactMap { account -> String? in
            guard case .map(let entries) = account.value.value,
                case .scalar(let name)? = entries.first(where: { $0.key == "provider" })?.value.value
            else { return nil }
            return name
        }
        return Set(texts)
    }

    /// The owners that the configuration gives to numbers.
    package var owners: [E164: UserID] {
        accounts.reduce(into: [:]) { $0.merge($1.owners) { first, _ in first } }
    }

    /// All numbers that people can send from, in the order of the file.
    package var numbers: [E164] { accounts.flatMap(\.numbers) }

    private static func region(_ reader: ConfigReader) -> String? {
        guard let region = reader.string("default-region") else { return nil }
        guard NumberPlan.isRegion(region) else {
            reader.report("default-region", "'\(region)' is not a region of two capital letters, such as US or DE")
            return nil
        }
        return region
    }

    private static func account(
        _ name: String, _ accounts: ConfigReader, _ reader: ConfigReader, _ loader: inout ProfileLoader
    ) -> ProviderAccount? {
        defer { reader.finish() }
        if !name.isCallbackName {
            accounts.report(name, "an account's name is made of a-z, 0-9 and '-': it is part of callback addresses")
        }
        let (numbers, owners) = numbers(reader)
        let rate = reader.map("rate").flatMap { SendRate(reading: $0, perSecondKey: "per-second") }
        let numberRate = reader.map("number-rate").flatMap { SendRate(reading: $0, perSecondKey: "per-second") }
        let limits = AccountLimits(reading: reader, account: name)
        guard let provider = reader.requiredString("provider") else { return nil }
        guard loader.has(provider) else {
            let known = loader.names.joined(separator: ", ")
            reader.report("provider", "there is no provider profile '\(provider)'; known are \(known)")
            _ = reader.node("settings")
            return nil
        }
        let empty = ConfigNode(.null, at: reader.place)
        let values =
            reader.map("settings")
            ?? ConfigReader(empty, path: reader.path("settings"), problems: reader.problems, secrets: reader.secrets)
        // Without its profile the names of the settings are not known, so they are no faults.
        guard let profile = loader.profile(provider) else { return nil }
        let settings = ProviderSettings(profile.settings, reading: values)
        return ProviderAccount(
            name: name, profile: profile, settings: settings, numbers: numbers, owners: owners, rate: rate,
            limits: limits, numberRate: numberRate)
    }

    /// Reads a list of numbers, or a map from numbers to their owners (null for none).
    private static func numbers(_ reader: ConfigReader) -> ([E164], [E164: UserID]) {
        var owners: [E164: UserID] = [:]
        var texts: [String] = []
        if case .map? = reader.node("numbers")?.value, let map = reader.map("numbers") {
            texts = map.allEntries.map(\.key)
            for key in texts { if let number = E164(key) { owners[number] = owner(key, map) } }
        } else {
            texts = reader.strings("numbers")
        }
        if texts.isEmpty { reader.report("numbers", "at least one number to send from is needed: [\"+15550100\"]") }
        let numbers = texts.compactMap { text in
            guard let number = E164(text) else {
                reader.report("numbers", "'\(text)' is not a number with its country code, such as +15551234567")
                return nil as E164?
            }
            return number
        }
        return (numbers, owners)
    }

    private static func owner(_ number: String, _ map: ConfigReader) -> UserID? {
        guard let node = map.node(number) else { return nil }
        if case .null = node.value { return nil }
        return map.string(number).map { UserID($0) }
    }

    private static func reportSharedNumbers(_ accounts: [ProviderAccount], _ reader: ConfigReader) {
        var owners: [E164: String] = [:]
        for account in accounts {
            for number in account.numbers {
                if let owner = owners[number] {
                    reader.report(account.name, "the number \(number) already belongs to the account '\(owner)'")
                }
                owners[number] = account.name
            }
        }
    }
}

extension ConfigProblems {
    fileprivate var errorCount: Int { all.count { $0.severity == .error } }
}

extension String {
    fileprivate var isCallbackName: Bool {
        !isEmpty
            && utf8.allSatisfy {
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || $0 == UInt8(ascii: "-")
            }
    }
}
