/// Writes Martlet's configuration file for a deployment, the way an operator would.
struct MartletFile {
    let plan: Plan
    let home: any XMPPServer
    let twin: Prosody?
    let networks: [Plan.Network: any IRCServer]
    let telephony: Deployment.Telephony?
    let routes: Routes
    let webhookPort: Int
    let operationsPort: Int
    let folder: String
    let registry: String

    var text: String {
        (head + plan.gateways.flatMap(gateway)).joined(separator: "\n") + "\n"
    }

    private var head: [String] {
        [
            "registry: \(registry)",
            "access: {allow: [\(plan.domain)], admins: [\(admins)]}",
            "http: {listen: \"127.0.0.1:\(webhookPort)\", public-url: \"http://127.0.0.1:\(routes.webhooks)\"}",
            "operations: {listen: \"127.0.0.1:\(operationsPort)\"}",
            "log: {level: \(plan.isLogQuiet ? "info" : "debug")}",
            "gateways:",
        ]
    }

    private var admins: String {
        let operators = (1...Deployment.mostOperators).map { "operator\($0)@\(plan.domain)" }
        return (plan.admins.isEmpty ? operators : plan.admins).joined(separator: ", ")
    }

    private func gateway(_ name: String) -> [String] {
        [
            "  \(name).\(plan.domain):",
            "    server: \(server(of: name))",
            "    secret: {file: \(home.secretFile(for: name))}",
            "    adapter: \(name)",
        ] + (home.streamKeys + plan.streamKeys).map { "    " + $0 }
            + ["    \(name):"] + (name == "irc" ? ircSection : smsSection)
    }

    private func server(of name: String) -> String {
        let first = "127.0.0.1:\(routes.components[name] ?? 0)"
        guard let twin else { return first }
        return "[\"\(first)\", \"127.0.0.1:\(twin.componentPort(for: name))\"]"
    }

    private var ircSection: [String] {
        ["      networks:"]
            + plan.networks.compactMap { network in
                networks[network].map {
                    "        \(network.rawValue): {\(connection(to: $0, network)), private-addresses: allow\(flood)\(plan.networkKeys)}"
                }
            } + plan.otherNetworks.sorted { $0.key < $1.key }.map { "        \($0.key): \($0.value)" }
            + (plan.hasDeadNameServer ? ["      other-servers: allow"] : [])
            + plan.gatewayKeys.map { "      " + $0 }
    }

    private var flood: String { plan.isFloodAllowed ? ", flood: {burst: 1000, per-second: 0}" : "" }

    private func connection(to server: any IRCServer, _ network: Plan.Network) -> String {
        switch plan.tls {
        // Use a host name, so that Martlet has to look it up.
        case .off where plan.hasDeadNameServer: "address: \"localhost:\(server.port)\", tls: off"
        case .off where plan.routedPrefix != nil: "address: \"[::1]:\(server.port)\", tls: off"
        case .off: "address: \"127.0.0.1:\(routes.networks[network] ?? server.port)\", tls: off"
        case .trusted: "address: \"127.0.0.1:\(server.tlsPort)\", ca-file: \(server.certificate.certificate)"
        case .untrusted: "address: \"127.0.0.1:\(server.tlsPort)\""
        }
    }

    private var smsSection: [String] {
        guard let kannel = telephony?.kannel else { return [] }
        return ["      default-region: US", "      open-registration: true", "      accounts:"]
            + account("main", Kannel.phoneUser.name, kannel, Numbers.ofPhones)
            + account("scripted", Kannel.scriptedUser.name, kannel, Numbers.scripted) + signedAccount
    }

    /// An account at a provider that signs its calls. Nothing listens at its address.
    private var signedAccount: [String] {
        [
            "        signed:",
            "          provider: sms-gate",
            "          settings:",
            "            base: http://127.0.0.1:9",
            "            username: martlet",
            "            password: {file: \(folder)/webhook.secret}",
            "            signing-key: {file: \(folder)/webhook.secret}",
            "            number: \"\(Numbers.ofSigner)\"",
            "          numbers: [\"\(Numbers.ofSigner)\"]",
        ]
    }

    private func account(
        _ name: String, _ user: String, _ kannel: Kannel, _ numbers: [String]
    ) -> [String] {
        [
            "        \(name):",
            "          provider: kannel",
            "          settings:",
            "            base: http://127.0.0.1:\(routes.provider ?? kannel.sendPort)",
            "            username: \(user)",
            "            password: {file: \(folder)/kannel-\(user).secret}",
            "            token: {file: \(folder)/webhook.secret}",
            "          numbers: [\(numbers.map { "\"\($0)\"" }.joined(separator: ", "))]",
        ]
    }
}
