import GatewayKit

/// One setting of a provider as the operator fills it in, for programs that ask for it.
package struct OperatorSetting: Sendable {
    private let setting: ProviderSetting

    /// Reads the settings of a profile, in their order. A profile that ships with Martlet has no errors.
    package static func all(of profile: ConfigNode) -> [OperatorSetting] {
        let nothing = SecretSources(environment: { _ in nil }, file: { _ in "" })
        let reader = ConfigReader(profile, path: "", problems: ConfigProblems(), secrets: nothing)
        return (reader.map("settings").map { ProviderSetting.all(reading: $0) } ?? []).map(OperatorSetting.init)
    }

    package var name: String { setting.name }
    package var isRequired: Bool { setting.required }
    package var isSecret: Bool { setting.secret }

    /// Why the value cannot be right; nil if it can.
    package func flaw(_ value: String) -> String? { setting.problem(with: value) }
}
