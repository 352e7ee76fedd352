import Basics

/// The part of an XMPP server's configuration that belongs to Martlet, and how the operator puts it there. It contains
/// the secrets of the components, because the server's user cannot read Martlet's folder.
struct ServerLines: Equatable {
    /// The file in Martlet's folder that holds the lines.
    let path: String
    let text: String
    /// Commands for the operator, or steps in words, in their order.
    let steps: [String]

    /// - Parameter secrets: the secrets of the gateways, in the order of the gateways.
    init(_ answers: InitAnswers, secrets: [String]) {
        let components = answers.gateways.enumerated().map { number, gateway in
            Component(
                domain: gateway.domain, port: answers.server(of: number).port,
                // A secret is missing for no gateway; an empty one would be refused by the server.
                secret: number < secrets.count ? secrets[number] : "")
        }
        switch answers.software {
        case .prosody:
            path = "\(answers.folder)/prosody.cfg.lua"
            text = Self.prosody(components, answers)
            steps = [
                "install -m 0640 -g prosody \(path) /etc/prosody/conf.d/martlet.cfg.lua", "systemctl restart prosody",
            ]
        case .ejabberd:
            path = "\(answers.folder)/ejabberd.yml"
            text = Self.ejabberd(components, answers)
            steps = [
                "install -m 0640 -g ejabberd \(path) /etc/ejabberd/martlet.yml",
                "echo 'include_config_file: /etc/ejabberd/martlet.yml' >>/etc/ejabberd/ejabberd.yml",
                "ejabberdctl reload_config",
            ]
        case .openfire:
            path = "\(answers.folder)/openfire.txt"
            text = Self.openfire(components, answers)
            steps = ["Follow the steps in \(path) in Openfire's console."]
        }
    }

    private struct Component {
        let domain: String
        let port: Int
        let secret: String
    }

    private static let origin = "Written by `martlet init`. This file contains secrets."

    private static func prosody(_ components: [Component], _ answers: InitAnswers) -> String {
        var lines = ["-- \(origin)"]
        if answers.server.port != 5347 {
            lines += [
                "-- Prosody must accept components at this port. Write before the first VirtualHost of prosody.cfg.lua:",
                "--     component_ports = { \(answers.server.port) }",
            ]
        }
        for component in components {
            lines += ["Component \"\(component.domain)\"", "    component_secret = \"\(component.secret)\""]
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func ejabberd(_ components: [Component], _ answers: InitAnswers) -> String {
        var lines = ["# \(origin)", "listen:"]
        for component in components {
            lines += [
                "  -",
                "    port: \(component.port)",
                "    ip: \"\(answers.server.host == "127.0.0.1" ? "127.0.0.1" : "::")\"",
                "    module: ejabberd_service",
                "    access: all",
                "    shaper: none",
                "    max_stanza_size: infinity",
                "    hosts:",
                "      \"\(component.domain)\":",
                "        password: \"\(component.secret)\"",
            ]
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func openfire(_ components: [Component], _ answers: InitAnswers) -> String {
        var lines = [
            "\(origin) In Openfire's console:", "",
            "1. Server > Server Settings > External Components: enable them on port \(answers.server.port).",
        ]
        for (number, component) in components.enumerated() {
            let suffix = ".\(answers.domain)"
            let label =
                component.domain.hasSuffix(suffix) ? String(component.domain.dropLast(suffix.count)) : component.domain
            lines.append(
                "\(number + 2). On the same page, allow the subdomain \(label) with the shared secret \(component.secret)"
            )
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
