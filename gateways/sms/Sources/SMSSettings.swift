import GatewayKit

/// The `sms` section of a gateway in the configuration, checked.
package struct SMSSettings: Sendable {
    /// In the order of the file.
    package let accounts: [ProviderAccount]
    /// Completes numbers that people type without a country code.
    package let defaultRegion: String?

    package init(accounts: [ProviderAccount], defaultRegion: String?) {
        self.accounts = accounts
        self.defaultRegion = defaultRegion
    }

    /// Reports everything that is wrong through the reader, and then is nil.
    ///
    /// - profiles: the provider profiles by name, shipped and the operator's own. Those in use are checked and run
    ///   their own tests.
    package init?(reading reader: ConfigReader, profiles: [String: ConfigNode]) {
        let before = reader.problems.errorCount
        var loader = ProfileLoader(files: profiles, problems: reader.problems, secrets: reader.secrets)
        defaultRegion = Self.region(reader)
        var accounts: [ProviderAccount] = []
        if let map = reader.map("accounts") {
            for entry in map.allEntries {
                if let account = Self.account(entry.key, map, map.reader(for: entry), &loader) {
                    accounts.append(account)
                }
            }
            Self.reportSharedNumbers(accounts, map)
            if map.allEntries.isEmpty { reader.report("accounts", "at least one provider account is needed") }
        } else {
            reader.report("accounts", "required, but missing: at least one provider account")
        }
        reader.finish()
        self.accounts = accounts
        guard reader.problems.errorCount == before else { return nil }
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
        let numbers = numbers(reader)
        guard let provider = reader.requiredString("provider") else { return nil }
        guard loader.files[provider] != nil else {
            let known = loader.files.keys.sorted().joined(separator: ", ")
            reader.report("provider", "there is no provider profile '\(provider)'; known are \(known)")
            _ = reader.node("settings")
            return nil
        }
        let empty = ConfigNode(.null, at: reader.place)
        let values =
            reader.map("settings")
            ?? ConfigReader(empty, path: reader.path("settings"), problems: reader.problems, secrets: reader.secrets)
        guard let profile = loader.profile(provider) else { return nil }
        let settings = ProviderSettings(profile.settings, reading: values)
        return ProviderAccount(name: name, profile: profile, settings: settings, numbers: numbers)
    }

    private static func numbers(_ reader: ConfigReader) -> [E164] {
        let texts = reader.strings("numbers")
        if texts.isEmpty { reader.report("numbers", "at least one number to send from is needed: [\"+15550100\"]") }
        return texts.compactMap { text in
            guard let number = E164(text) else {
                reader.report("numbers", "'\(text)' is not a number with its country code, such as +15551234567")
                return nil
            }
            return number
        }
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

/// Reads profiles when an account needs them, each once.
private struct ProfileLoader {
    let files: [String: ConfigNode]
    let problems: ConfigProblems
    let secrets: SecretSources
    private var loaded: [String: ProviderProfile?] = [:]

    init(files: [String: ConfigNode], problems: ConfigProblems, secrets: SecretSources) {
        self.files = files
        self.problems = problems
        self.secrets = secrets
    }

    mutating func profile(_ name: String) -> ProviderProfile? {
        if let known = loaded[name] { return known }
        let profile = files[name].flatMap { ProviderProfile(reading: $0, problems: problems, secrets: secrets) }
        profile?.runVectors(problems: problems)
        loaded[name] = .some(profile)
        return profile
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
