import Basics
import GatewayKit

extension GatewayConfiguration {
    typealias Read = (configuration: GatewayConfiguration, needsWebhooks: Bool)

    /// The gateways that could be read. Faults of the others are reported.
    static func all(
        _ parent: ConfigReader, adapters: [String: MartletConfiguration<Settings>.SectionReader],
        _ external: ExternalChecks
    ) -> [Read] {
        guard let gateways = parent.map("gateways"), !gateways.allEntries.isEmpty else {
            parent.report("gateways", "at least one gateway is required: DOMAIN: {server, secret, adapter}")
            return []
        }
        return gateways.allEntries.compactMap { entry in
            if let flaw = AddressSyntax.flaw(domain: entry.key) ?? external.flaw(preparing: entry.key) {
                parent.problems.add(
                    ConfigProblem(at: entry.keyPlace, key: gateways.path(entry.key), "'\(entry.key)' \(flaw)"))
            }
            return read(gateways.reader(for: entry), domain: entry.key, adapters: adapters)
        }
    }

    private static func read(
        _ reader: ConfigReader, domain: String, adapters: [String: MartletConfiguration<Settings>.SectionReader]
    ) -> Read? {
        defer { reader.finish() }
        let server = reader.endpoint("server", default: Endpoint(host: "127.0.0.1", port: 5347))
        let secret = reader.requiredSecret("secret")
        guard let id = reader.requiredString("adapter") else {
            // It is unknown which section belongs to the adapter, so no adapter's section is reported as unknown.
            for adapter in adapters.keys { _ = reader.node(adapter) }
            return nil
        }
        let node = reader.node(id) ?? ConfigNode(.null, at: reader.place)
        guard let adapter = adapters[id] else {
            let known = adapters.keys.sorted().joined(separator: ", ")
            reader.report("adapter", "there is no adapter '\(id)'; known are \(known)")
            return nil
        }
        let problems = reader.problems
        let before = problems.all.count
        let section = ConfigReader(node, path: reader.path(id), problems: problems, secrets: reader.secrets)
        let result = adapter(section)
        section.finish()
        if result == nil, problems.all.count == before, !problems.hasErrors {
            reader.report(id, "the section cannot be used")
        }
        guard let server, let secret, let result else { return nil }
        let configuration = GatewayConfiguration(
            domain: domain, server: server, secret: secret, adapterID: id, settings: result.settings)
        return (configuration, result.needsWebhooks)
    }
}

extension ConfigReader {
    /// `host:port`, or the default if the key is absent; nil if the value is wrong, which is reported.
    func endpoint(
        _ key: String, default fallback: Endpoint, ports: ClosedRange<Int> = 1...65_535
    ) -> Endpoint? {
        guard node(key) != nil else { return fallback }
        guard let text = string(key) else { return nil }
        if let value = Endpoint(text, ports: ports) { return value }
        report(
            key,
            "'\(text)' is not HOST:PORT with a port from \(ports.lowerBound) to \(ports.upperBound), such as \(fallback)"
        )
        return nil
    }

    /// A secret that is required and not empty; nil if it is missing or empty, which is reported.
    func requiredSecret(_ key: String) -> Secret? {
        guard node(key) != nil else {
            report(key, "required, but missing: {env: NAME} or {file: PATH}")
            return nil
        }
        guard let secret = secret(key) else { return nil }
        if secret.isEmpty { report(key, "is empty") }
        return secret.isEmpty ? nil : secret
    }
}
