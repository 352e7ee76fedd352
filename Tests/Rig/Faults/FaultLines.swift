/// The proxies around Martlet, one for each kind of neighbour.
package struct FaultLines: Sendable {
    /// Martlet's streams to the XMPP server: all gateways.
    package let stream: FaultProxy
    /// Martlet's connections to IRC servers.
    package let networks: [Plan.Network: FaultProxy]
    /// Martlet's requests to the provider.
    package let provider: FaultProxy?
    /// The provider's calls to Martlet.
    package let webhooks: FaultProxy

    package func network(_ network: Plan.Network) throws -> FaultProxy {
        guard let proxy = networks[network] else { throw RigFailure("the plan has no network \(network)") }
        return proxy
    }

    /// The way to the provider; the plan must have phones.
    package var phones: FaultProxy {
        get throws {
            guard let provider else { throw RigFailure("the plan has no phones") }
            return provider
        }
    }
}

/// Ports at which Martlet and its provider reach the others: the servers' own, or a proxy's.
struct Routes: Sendable {
    /// By gateway.
    let components: [String: Int]
    let networks: [Plan.Network: Int]
    let provider: Int?
    let webhooks: Int
}

extension Routes {
    /// Without proxies.
    init(
        _ plan: Plan, home: any XMPPServer, networks: [Plan.Network: any IRCServer],
        telephony: Deployment.Telephony?, webhookPort: Int
    ) {
        components = Dictionary(uniqueKeysWithValues: plan.gateways.map { ($0, home.componentPort(for: $0)) })
        self.networks = networks.mapValues { plan.tls == .off ? $0.port : $0.tlsPort }
        provider = telephony?.kannel.sendPort
        webhooks = webhookPort
    }

    /// The same ways, through proxies. All gateways must be served at one port. `webhooks` had to be there before
    /// the provider was told where to call.
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
