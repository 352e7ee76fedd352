import GatewayKit
import TemplateAdapter

extension TemplateSettings {
    /// Settings that are read from a configuration.
    static func sample(greeting: String? = nil) -> TemplateSettings {
        read(greeting.map { ["greeting": $0] } ?? [:]).settings
    }

    static func problems(in section: [String: String]) -> [ConfigProblem] { read(section).problems }

    private static func read(_ section: [String: String]) -> (settings: TemplateSettings, problems: [ConfigProblem]) {
        let place = ConfigPlace(file: "martlet.yaml", line: 1, column: 1)
        let entries = section.map { key, value in
            ConfigNode.Entry(key: key, keyPlace: place, value: ConfigNode(.scalar(value), at: place))
        }
        let problems = ConfigProblems()
        let secrets = SecretSources(environment: { _ in nil }, file: { _ in "" })
        let reader = ConfigReader(
            ConfigNode(.map(entries), at: place), path: "template", problems: problems, secrets: secrets)
        return (TemplateSettings(reader), problems.all)
    }
}
