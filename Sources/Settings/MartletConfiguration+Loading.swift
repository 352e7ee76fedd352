import GatewayKit

/// The result of an adapter reading its section.
package struct AdapterSection<Settings: Sendable>: Sendable {
    package let settings: Settings
    /// Whether the adapter's network calls it over HTTP. Then the file must have an `http` section.
    package let needsWebhooks: Bool

    package init(_ settings: Settings, needsWebhooks: Bool = false) {
        self.settings = settings
        self.needsWebhooks = needsWebhooks
    }
}

extension MartletConfiguration {
    /// Reads an adapter's section and reports its problems to the reader; nil if the section cannot be used. The
    /// function need not call `finish()`. A missing section is read as an empty one.
    package typealias SectionReader = @Sendable (ConfigReader) -> AdapterSection<Settings>?

    /// The result of reading a file: the configuration, or nil if there is an error; and all problems, errors and
    /// warnings, in the order of the file.
    package typealias Loaded = (configuration: MartletConfiguration?, problems: [ConfigProblem])

    /// Reads a file of at most 1 MiB. Starts nothing.
    ///
    /// - Parameters:
    ///   - environment: the variables for secrets written as `{env: NAME}`.
    ///   - adapters: the function that reads the section of each kind of adapter, by the adapter's id.
    ///   - external: checks of values that need more than the file.
    package static func load(
        file path: String, environment: [String: String], adapters: [String: SectionReader],
        external: ExternalChecks = .none
    ) -> Loaded {
        do {
            let text = try TextFile.read(path, atMost: YAMLConfig.longestText)
            return load(
                text: text, file: path, secrets: .system(environment: environment), adapters: adapters,
                external: external
            )
        } catch {
            let place = ConfigPlace(file: path, line: 1, column: 1)
            return (nil, [ConfigProblem(at: place, key: "", "the file cannot be read: \(error)")])
        }
    }

    /// Reads the configuration from a text; `file` is the name of the file in problems.
    package static func load(
        text: String, file: String, secrets: SecretSources, adapters: [String: SectionReader],
        external: ExternalChecks = .none
    ) -> Loaded {
        let root: ConfigNode
        do {
            root = try YAMLConfig.node(from: text, file: file)
        } catch {
            return (nil, [error])
        }
        let problems = ConfigProblems()
        let reader = ConfigReader(root, path: "", problems: problems, secrets: secrets)
        var configuration = MartletConfiguration(reader, adapters: adapters, external)
        configuration?.outline = ConfigOutline(root, secrets: secrets)
        return (problems.hasErrors ? nil : configuration, problems.all.inOrder())
    }

    /// Nil only if an error was reported.
    private init?(_ reader: ConfigReader, adapters: [String: SectionReader], _ external: ExternalChecks) {
        let registry = reader.requiredString("registry")
        if let registry, let flaw = registry.isEmpty ? "a path is expected here" : external.registryFlaw(registry) {
            reader.report("registry", flaw)
        }
        let registryKey = reader.string("registry-key")
        if let path = registryKey ?? registry.map({ $0 + ".key" }), let flaw = external.keyFileFlaw(path) {
            reader.report(registryKey == nil ? "registry" : "registry-key", flaw)
        }
        let access = AccessRules(reader, external)
        let limits = LimitSettings(reader.map("limits"))
        let log = LogConfiguration(reader.map("log"))
        let gateways = GatewayConfiguration<Settings>.all(
            reader, adapters: adapters, groups: access.groups, external)
        let http = HTTPSettings(reader, required: gateways.first { $0.needsWebhooks }?.configuration.domain)
        let operations = reader.operations(besides: http?.listen)
        let control = ControlSettings(reader.map("control"), registry: registry ?? "", external)
        reader.finish()
        guard let registry else { return nil }
        for (key, address) in [("http", http?.listen), ("operations", operations)] {
            guard let address, let flaw = external.listenFlaw(address, registry) else { continue }
            (reader.map(key) ?? reader).report(reader.map(key) == nil ? key : "listen", flaw)
        }
        self.init(
            registry: registry, registryKey: registryKey, access: access, limits: limits, http: http,
            operations: operations, control: control, log: log,
            gateways: gateways.map(\.configuration))
    }
}
