import Basics

/// The files that `martlet init` writes. A pure function of the answers and the secrets.
struct InitPlan: Equatable {
    struct File: Equatable {
        let path: String
        let text: String
    }

    /// The files in the order in which they are written. The configuration is the last one, because the service starts
    /// when it is there.
    let files: [File]
    let serverLines: ServerLines

    init(files: [File], serverLines: ServerLines) {
        self.files = files
        self.serverLines = serverLines
    }

    /// - Parameter makeSecret: makes the secret of each component.
    init(_ answers: InitAnswers, makeSecret: () -> String) {
        let secrets = answers.gateways.map { _ in makeSecret() }
        var files: [File] = []
        for (gateway, secret) in zip(answers.gateways, secrets) {
            files.append(File(path: Self.secretFile(answers, gateway), text: secret + "\n"))
            guard case .sms(let provider) = gateway.network else { continue }
            for setting in provider.settings where setting.isSecret {
                files.append(File(path: Self.secretFile(answers, gateway, setting.name), text: setting.value + "\n"))
            }
        }
        let lines = ServerLines(answers, secrets: secrets)
        files.append(File(path: lines.path, text: lines.text))
        files.append(File(path: answers.configuration, text: Self.configuration(answers)))
        self.init(files: files, serverLines: lines)
    }

    private static func secretFile(
        _ answers: InitAnswers, _ gateway: PlannedGateway, _ setting: String? = nil
    ) -> String {
        "\(answers.folder)/\(([gateway.adapter] + [setting].compactMap(\.self)).joined(separator: "-")).secret"
    }
}

// MARK: - The configuration

extension InitPlan {
    private static func configuration(_ answers: InitAnswers) -> String {
        var lines = [
            "# Written by `martlet init`. martlet.yaml(5) describes every setting.",
            "registry: \(answers.data)/registry.sqlite",
            answers.admin.map { "access: {allow: [\(answers.domain)], admins: [\(quoted($0))]}" }
                ?? "access: {allow: [\(answers.domain)]}",
        ]
        for case .sms(let provider) in answers.gateways.map(\.network) {
            lines.append("http: {public-url: \(quoted(provider.publicURL))}")
        }
        lines.append("gateways:")
        for (number, gateway) in answers.gateways.enumerated() {
            lines += [
                "  \(gateway.domain):",
                "    server: \(quotedIfIPv6(answers.server(of: number)))",
                "    secret: {file: \(secretFile(answers, gateway))}",
                "    adapter: \(gateway.adapter)",
            ]
            lines += section(answers, gateway)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func section(_ answers: InitAnswers, _ gateway: PlannedGateway) -> [String] {
        switch gateway.network {
        case .loopback: return []
        case .irc(let networks):
            let entries = networks.map { "\($0): {}" }.joined(separator: ", ")
            return ["    irc:", "      networks: {\(entries)}"]
        case .sms(let provider):
            let settings = provider.settings.map { setting in
                let file = "{file: \(secretFile(answers, gateway, setting.name))}"
                return "            \(setting.name): \(setting.isSecret ? file : quoted(setting.value))"
            }
            let numbers = provider.numbers.map { number in
                "            \(quoted(number.number)): \(number.owner.map(quoted) ?? "null")"
            }
            let head = ["    sms:", "      accounts:", "        main:", "          provider: \(provider.provider)"]
            return head + ["          settings:"] + settings + ["          numbers:"] + numbers
        }
    }

    private static func quotedIfIPv6(_ endpoint: Endpoint) -> String {
        endpoint.host.contains(":") ? quoted("\(endpoint)") : "\(endpoint)"
    }

    /// A text as a scalar of YAML in double quotes. The text has no control characters.
    private static func quoted(_ text: String) -> String {
        "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
    }
}
