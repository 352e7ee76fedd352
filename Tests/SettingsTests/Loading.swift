import GatewayKit

@testable import Settings

/// Reads configurations with very simple adapters.
enum Loading {
    typealias Loaded = MartletConfiguration<String>.Loaded

    /// `echo` has an optional `greeting`; `phone` needs webhooks and one `number`; `mute` fails without a message.
    static let adapters: [String: MartletConfiguration<String>.SectionReader] = [
        "echo": { reader in AdapterSection(reader.string("greeting") ?? "hello") },
        "phone": { reader in
            reader.requiredString("number").map { AdapterSection($0, needsWebhooks: true) }
        },
        "mute": { _ in nil },
    ]

    static func load(_ text: String) -> Loaded {
        let secrets = SecretSources(
            environment: { ["SECRET": "s3cret"][$0] }, file: { path in "from \(path)" })
        return MartletConfiguration.load(text: text, file: "m.yaml", secrets: secrets, adapters: adapters)
    }

    /// A file in which only the gateway's own lines matter; they begin on line 4 and are indented by 4.
    static func load(gateway lines: String) -> Loaded {
        load(
            """
            registry: r.sqlite
            access: {allow: [example.org]}
            gateways: {a.example.org: {
            \(lines)
            }}
            """)
    }

    static func lines(_ loaded: Loaded) -> [String] { loaded.problems.map(\.line) }
}
