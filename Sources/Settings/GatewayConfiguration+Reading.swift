import Basics
import GatewayKit

extension GatewayConfiguration {
    typealias Read = (configuration: GatewayConfiguration, needsWebhooks: Bool)

    /// The gateways that could be read. Faults of the others are reported.
    static func all(
        _ parent: ConfigReader, adapters: [String: MartletConfiguration<Settings>.SectionReader],
        groups: [String: Set<String>], _ external: ExternalChecks
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
            let reader = gateways.reader(for: entry)
            let access = reader.map("access").map { reader in
                defer { reader.finish() }
                return AccessRules(reader, groups: groups, external)
            }
            let tls = StreamTLS(reader.map("tls"), external)
            var gateway = read(reader, domain: entry.key, adapters: adapters)
            gateway?.configuration.access = access
            gateway?.configuration.tls = tls
            return gateway
        }
    }

    private static func read(
        _ reader: ConfigReader, domain: String, adapters: [String: MartletConfiguration<Settings>.SectionReader]
    ) -> Read? {
        defer { reader.finish() }
        let servers = reader.endpoints("server", default: Endpoint(host: "127.0.0.1", port: 5347))
        let secret = reader.requiredSecret("secret")
        let roster = reader.choice("roster", of: RosterSetting.self)
        let bookmarks = reader.boolean("bookmarks")
        guard let id = reader.requiredString("adapter") else {
            // It is unknown which section belongs to the adapter, so no adapter's section is reported as unknown.
            for adapter in adapters.keys { _ = reader.node(adapter) }
            return nil
        }
        let node = reader.node(id) ?? ConfigNode(.null, at: reader.place)
        guard let adapter = adapters[id] else {
            let known = adapters.keys.sorted().joined(separator: ", ")
            reader.report("adapter", "there is no adapter '\(id)'; known are \(known)")
            for adapter in adapters.keys { _ = reader.node(adapter) }
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
        guard let server = servers.first, let secret, let result else { return nil }
        var configuration = GatewayConfiguration(
            domain: domain, server: server, secret: secret, adapterID: id, settings: result.settings)
        configuration.alternatives = Array(servers.dropFirst())
        if let roster { configuration.roster = roster }
        if let bookmarks { configuration.bookmarks = bookmarks }
        return (configuration, result.needsWebhooks)
    }
}

extension ConfigReader {
    /// `host:port`, or the default if the key is absent; nil if the value is wrong, which is reported.
    func endpoint(
        _ key: String, default fallback: Endpoint, ports: ClosedRange<Int> = 1...65_535
    ) -> Endpoint? {
        guard node(key) != nil else { return fallback }
        return string(key).flatMap { endpoint(key, $0, like: fallback, ports: ports) }
    }

    /// One `host:port` or a list of them, or the default if the key is absent. Empty if no value is right. Wrong and
    /// doubled values are reported.
    func endpoints(_ key: String, default fallback: Endpoint) -> [Endpoint] {
        guard node(key) != nil else { return [fallback] }
        guard let texts = oneOrMore(key) else { return [] }
        if texts.isEmpty { report(key, "at least one HOST:PORT is needed") }
        var endpoints: [Endpoint] = []
        for text in texts {
            guard let endpoint = endpoint(key, text, like: fallback) else { continue }
            if endpoints.contains(endpoint) { report(key, "names \(endpoint) twice") }
            endpoints.append(endpoint)
        }
        return endpoints
    }

    private func endpoint(
        _ key: String, _ text: String, like example: Endpoint, ports: ClosedRange<Int> = 1...65_535
    ) -> Endpoint? {
        if let value = Endpoint(text, ports: ports) { return value }
        report(
            key,
            "'\(text)' is not HOST:PORT with a port from \(ports.lowerBound) to \(ports.upperBound), such as \(example)"
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
