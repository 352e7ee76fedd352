/// The proxies around Martlet, one for each kind of neighbour.
package struct FaultLines: Sendable {
    /// Between Martlet and the XMPP server: the streams of all gateways.
    package let stream: FaultProxy
    /// Between Martlet and IRC servers.
    package let networks: [Plan.Network: FaultProxy]
    /// For Martlet's requests to the provider.
    package let provider: FaultProxy?
    /// For the provider's calls to Martlet.
    package let webhooks: FaultProxy

    package func network(_ network: Plan.Network) throws -> FaultProxy {
        guard let proxy = networks[network] else { throw RigFailure("the plan has no network \(network)") }
        return proxy
    }

    /// The proxy for requests to the provider; the plan must have phones.
    package var phones: FaultProxy {
        get throws {
            guard let provider else { throw RigFailure("the plan has no phones") }
            return provider
        }
    }
}

/// The ports at which Martlet and its provider reach the others: ports of the servers themselves, or of proxies.
struct Routes: Sendable {
    /// The component ports by gateway.
    let components: [String: Int]
    let networks: [Plan.Network: Int]
    let provider: Int?
    let webhooks: Int
}

extension Routes {
    /// Routes without proxies.
    init(
        _ plan: Plan, home: any XMPPServer, networks: [Plan.Network: any IRCServer],
        telephony: Deployment.Telephony?, webhookPort: Int
    ) {
        components = Dictionary(uniqueKeysWithValues: plan.gateways.map { ($0, home.componentPort(for: $0)) })
        self.networks = networks.mapValues { plan.tls == .off ? $0.port : $0.tlsPort }
        provider = telephony?.kannel.sendPort
        webhooks = webhookPort
    }

    /// The same routes through proxies. All gateways must be served at one port. `webhooks` is given, because it had
    /// to exist before the provider was told its address.
    func through(webhooks: FaultProxy, logs: ServerLogs) throws -> (routes: Routes, lines: FaultLines) {
        let stream = try FaultProxy("the stream", to: components.values.first ?? 0, logs: logs)
        let proxies = try networks.mapValues { try FaultProxy("IRC", to: $0, logs: logs) }
        let provider = try provider.map { try FaultProxy("the provider", to: $0, logs: logs) }
        let lines = FaultLines(stream: stream, networks: proxies, provider: provider, webhooks: webhooks)
        let routes = Routes(
            components: components.mapValues { _ in stream.port }, networks: proxies.mapValues(\.port),
            provider: provider?.port, webhooks: webhooks.port)
        return (routes, lines)
    }
}
