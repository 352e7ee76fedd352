import GatewayKit

/// What an adapter made of its section.
package struct AdapterSection<Settings: Sendable>: Sendable {
    package let settings: Settings
    /// Whether the adapter has to be called by its network over HTTP: then the file must have `http`.
    package let needsWebhooks: Bool

    package init(_ settings: Settings, needsWebhooks: Bool = false) {
        self.settings = settings
        self.needsWebhooks = needsWebhooks
    }
}

extension MartletConfiguration {
    /// Reads an adapter's section and reports what is wrong with it to the reader; nil if it cannot be used. It
    /// need not call `finish()`. A section that is missing is read as an empty one.
    package typealias SectionReader = @Sendable (ConfigReader) -> AdapterSection<Settings>?

    /// What came of reading a file: the configuration unless there is an error, and everything there is to say
    /// about it, errors and warnings, in the order of the file.
    package typealias Loaded = (configuration: MartletConfiguration?, problems: [ConfigProblem])

    /// Reads a file of at most 1 MiB. Starts nothing.
    ///
    /// - Parameters:
    ///   - environment: where secrets written as `{env: NAME}` come from.
    ///   - adapters: how to read the section of each kind of adapter, by its id.
    ///   - outside: what the file alone does not show.
    package static func load(
        file path: String, environment: [String: String], adapters: [String: SectionReader],
        outside: OutsideChecks = .none
    ) -> Loaded {
        do {
            let text = try TextFile.read(path, atMost: YAMLConfig.longestText)
            return load(
                text: text, file: path, secrets: .system(environment: environment), adapters: adapters, outside: outside
            )
        } catch {
            let place = ConfigPlace(file: path, line: 1, column: 1)
            return (nil, [ConfigProblem(at: place, key: "", "the file cannot be read: \(error)")])
        }
    }

    /// The same from a text; `file` is its name in problems.
    package static func load(
        text: String, file: String, secrets: SecretSources, adapters: [String: SectionReader],
        outside: OutsideChecks = .none
    ) -> Loaded {
        let root: ConfigNode
        do {
            root = try YAMLConfig.node(from: text, file: file)
        } catch {
            return (nil, [error])
        }
        let problems = ConfigProblems()
        let reader = ConfigReader(root, path: "", problems: problems, secrets: secrets)
        let configuration = MartletConfiguration(reader, adapters: adapters, outside)
        return (problems.hasErrors ? nil : configuration, problems.all.inOrder())
    }

    /// Nil only if something was reported.
    private init?(_ reader: ConfigReader, adapters: [String: SectionReader], _ outside: OutsideChecks) {
        let registry = reader.requiredString("registry")
        if let registry, let flaw = registry.isEmpty ? "a path is expected here" : outside.registryFlaw(registry) {
            reader.report("registry", flaw)
        }
        let registryKey = reader.string("registry-key")
        if let path = registryKey ?? registry.map({ $0 + ".key" }), let flaw = outside.keyFileFlaw(path) {
            reader.report(registryKey == nil ? "registry" : "registry-key", flaw)
        }
        let access = AccessRules(reader, outside)
        let limits = LimitSettings(reader.map("limits"))
        let log = LogConfiguration(reader.map("log"))
        let gateways = GatewayConfiguration<Settings>.all(reader, adapters: adapters, outside)
        let http = HTTPSettings(reader, required: gateways.first { $0.needsWebhooks }?.configuration.domain)
        let operations = reader.operations(besides: http?.listen)
        reader.finish()
        guard let registry, let access else { return nil }
        self.init(
            registry: registry, registryKey: registryKey, access: access, limits: limits, http: http,
            operations: operations, log: log,
            gateways: gateways.map(\.configuration))
    }
}
