import Basics
import Foundation
import GatewayKit
import Patterns

/// One value that an operator fills in for an account with a provider.
struct ProviderSetting: Sendable {
    enum Kind: String, Sendable, CaseIterable {
        case text
        /// The beginning of an address: `http` or `https`, without a query.
        case url
        /// Bytes in base64 (RFC 4648 §4), such as a key.
        case base64
    }

    let name: String
    let kind: Kind
    let required: Bool
    /// Whether the value is secret: never shown, never logged, and read from the environment or a file.
    let secret: Bool
    /// The default, which may name settings above it.
    let fallback: Template?
    let pattern: Pattern?

    /// Reads the `settings` of a profile, in their order.
    static func all(reading reader: ConfigReader) -> [ProviderSetting] {
        var known: Set<String> = []
        return reader.allEntries.map { entry in
            let setting = ProviderSetting(entry.key, reading: reader.reader(for: entry), known: known)
            if !entry.key.utf8.allSatisfy(isNameByte) {
                reader.report(entry.key, "a setting's name is made of a-z, 0-9 and '-'")
            }
            known.insert(entry.key)
            return setting
        }
    }

    private init(_ name: String, reading reader: ConfigReader, known: Set<String>) {
        self.name = name
        kind = reader.choice("kind", of: Kind.self) ?? .text
        required = reader.boolean("required") ?? false
        secret = reader.boolean("secret") ?? false
        fallback = reader.template("default", names: known)
        pattern = reader.pattern("pattern")
        if required, fallback != nil { reader.report("default", "a required setting has no default") }
        reader.finish()
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
        default: false
        }
    }
}

/// The values of one account, checked against the profile.
struct ProviderSettings: Sendable {
    let values: TemplateValues
    private let secrets: [Secret]

    /// Reads the values and reports missing or wrong ones at the operator's own lines.
    init(_ settings: [ProviderSetting], reading reader: ConfigReader) {
        var values = TemplateValues()
        var secrets: [Secret] = []
        for setting in settings {
            let given =
                setting.secret ? reader.secret(setting.name)?.reveal() : reader.string(setting.name)
            if given == nil, setting.required, reader.node(setting.name) == nil {
                reader.report(setting.name, "required by this provider, but missing")
            }
            guard var value = given ?? setting.fallback?.text(values) else { continue }
            if setting.kind == .url, value.hasSuffix("/") { value.removeLast() }
            if let problem = setting.problem(with: value) { reader.report(setting.name, problem) }
            values[setting.name] = value
            if setting.secret, !value.isEmpty { secrets.append(Secret(value)) }
        }
        reader.finish()
        self.values = values
        self.secrets = secrets
    }

    /// Prepares a text of the provider for a log: on one line, of bounded length, and without secrets that the provider
    /// may have repeated in it.
    func redacted(_ text: String) -> String {
        var result = text
        for secret in secrets where secret.reveal().utf8.count >= 4 {
            result = result.split(separator: secret.reveal(), omittingEmptySubsequences: false)
                .joined(separator: "<redacted>")
        }
        result = ProviderSetting.withoutCredentials(result)
        let line = result.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : $0 }
        return String(String.UnicodeScalarView(line.prefix(200))).trimmed
    }
}

extension ProviderSetting {
    /// The text without what follows `Bearer` and `Basic` (RFC 6750 §2.1, RFC 7617 §2): providers quote the header of a
    /// request that they refuse, and tokens are no settings.
    fileprivate static func withoutCredentials(_ text: String) -> String {
        var words = text.split(separator: " ", omittingEmptySubsequences: false)
        for index in words.indices.dropFirst() {
            let scheme = words[index - 1].lowercased()
            if scheme.hasSuffix("bearer") || scheme.hasSuffix("basic") { words[index] = "<redacted>" }
        }
        return words.joined(separator: " ")
    }

    /// Why a value cannot be right, for the operator; nil if it can.
    func problem(with value: String) -> String? {
        if required, value.isEmpty { return "required by this provider, but empty" }
        if value.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) { return "control characters have no place here" }
        if kind == .url {
            let isWeb = value.hasPrefix("http://") || value.hasPrefix("https://")
            let isClean = value.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"?#@\"<>\\".utf8.contains($0) }
            if !isWeb || !isClean { return "an address such as https://api.example.com is expected here, without '?'" }
        }
        if kind == .base64, !value.isEmpty, Data(base64Encoded: value)?.isEmpty ?? true {
            return "the value is not in base64: copy it as the provider shows it"
        }
        guard let pattern, !pattern.matches(value) else { return nil }
        return "the value does not have the form \(pattern.source)"
    }
}
