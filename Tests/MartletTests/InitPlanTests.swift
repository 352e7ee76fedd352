import Basics
import Foundation
import GatewayKit
import Settings
import Testing

@testable import martlet

/// Asks nothing; the secrets are numbered.
struct InitFixture {
    static func interview(_ terminal: (any InitTerminal)? = nil) -> InitInterview {
        InitInterview(
            terminal: terminal, providers: ProviderForms(), networks: ["libera", "oftc"], presentFolder: "/srv/ops",
            readFile: { "content of \($0)" }, makeSecret: { "made" })
    }

    static func plan(_ draft: InitDraft) throws -> InitPlan {
        var count = 0
        return InitPlan(try interview().answers(draft)) {
            count += 1
            return "secret\(count)"
        }
    }

    static var sms: InitDraft {
        InitDraft(
            domain: "example.org", sms: "sms.example.org", provider: "kannel",
            settings: ["username=martlet", "password=@/srv/kannel"], numbers: "+15550100=alice@example.org,+15550101")
    }
}

@Suite("The files of a first configuration")
struct InitPlanTests {
    private static let project = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
        .standardizedFileURL

    private func text(_ plan: InitPlan, _ path: String) throws -> String {
        try #require(plan.files.first { $0.path == path }, "\(plan.files.map(\.path))").text
    }

    /// Loads a configuration of the plan; the secrets' files have the plan's texts.
    private func load(_ plan: InitPlan) throws -> MartletConfiguration<any AdapterKind>.Loaded {
        let files = Dictionary(uniqueKeysWithValues: plan.files.map { ($0.path, $0.text) })
        struct Missing: Error {}
        let secrets = SecretSources(
            environment: { _ in nil },
            file: { path in
                guard let text = files[path] else { throw Missing() }
                return text
            })
        return MartletConfiguration.load(
            text: try #require(plan.files.last).text, file: "martlet.yaml", secrets: secrets,
            adapters: AdapterCatalogue.sectionReaders(ProfileFolder(besides: "/nowhere/martlet.yaml")))
    }

    @Test("config/minimal.yaml is the configuration of the default answers, and has ten lines")
    func minimal() throws {
        let plan = try InitFixture.plan(InitDraft(domain: "example.org"))
        let shipped = try String(contentsOf: Self.project.appending(path: "config/minimal.yaml"), encoding: .utf8)
        #expect(try text(plan, "/etc/martlet/martlet.yaml") == shipped)
        #expect(shipped.split(separator: "\n").count <= 10)
        #expect(plan.files.map(\.path).last == "/etc/martlet/martlet.yaml")
        #expect(try text(plan, "/etc/martlet/irc.secret") == "secret1\n")
    }

    @Test("Every kind of gateway and every XMPP server gives a configuration without errors and warnings")
    func loads() throws {
        for software in XMPPSoftware.allCases {
            var draft = InitFixture.sms
            draft.software = software.rawValue
            draft.irc = "irc.example.org"
            draft.networks = "libera, oftc"
            draft.hasLoopback = true
            draft.admin = "ops@example.org"
            let loaded = try load(InitFixture.plan(draft))
            #expect(loaded.problems.map(\.line) == [])
            let gateways = try #require(loaded.configuration?.gateways)
            #expect(gateways.map(\.domain) == ["irc.example.org", "sms.example.org", "loopback.example.org"])
            let ports =
                switch software {
                case .prosody: [5347, 5347, 5347]
                case .ejabberd: [5347, 5348, 5349]
                case .openfire: [5275, 5275, 5275]
                }
            #expect(gateways.map(\.server.port) == ports)
            #expect(gateways.map { $0.secret.reveal() } == ["secret1", "secret2", "secret3"])
            #expect(loaded.configuration?.access.isAdmin("ops@example.org") == true)
        }
    }

    @Test("The secrets of a provider are files of their own, and stand in no other file")
    func providerSecrets() throws {
        let plan = try InitFixture.plan(InitFixture.sms)
        #expect(try text(plan, "/etc/martlet/sms-password.secret") == "content of /srv/kannel\n")
        #expect(try text(plan, "/etc/martlet/sms-token.secret") == "made\n")
        let configuration = try text(plan, "/etc/martlet/martlet.yaml")
        #expect(!configuration.contains("content of") && !configuration.contains("made"))
        #expect(configuration.contains("\"+15550100\": \"alice@example.org\""))
        #expect(configuration.contains("\"+15550101\": null"))
    }

    @Test("A folder other than the usual one has the registry, too")
    func otherFolder() throws {
        let plan = try InitFixture.plan(InitDraft(domain: "example.org", folder: "gw"))
        #expect(try text(plan, "/srv/ops/gw/martlet.yaml").contains("registry: /srv/ops/gw/data/registry.sqlite"))
        #expect(try text(plan, "/srv/ops/gw/martlet.yaml").contains("{file: /srv/ops/gw/irc.secret}"))
    }

    @Test("The lines for each XMPP server have the domain, the secret and the port")
    func serverLines() throws {
        var draft = InitDraft(domain: "example.org", server: "127.0.0.1:5999", hasLoopback: true)
        draft.irc = "chat.example.net"
        let prosody = try InitFixture.plan(draft).serverLines
        #expect(prosody.text.contains("Component \"chat.example.net\"\n    component_secret = \"secret1\"\n"))
        #expect(prosody.text.contains("Component \"loopback.example.org\"\n    component_secret = \"secret2\"\n"))
        #expect(prosody.text.contains("component_ports = { 5999 }"))
        #expect(prosody.steps.first?.hasSuffix("/etc/prosody/conf.d/martlet.cfg.lua") == true)
        draft.software = "ejabberd"
        let ejabberd = try YAMLConfig.node(from: InitFixture.plan(draft).serverLines.text, file: "ejabberd.yml")
        #expect("\(ejabberd)".contains("6000") && "\(ejabberd)".contains("secret2"))
        draft.software = "openfire"
        let openfire = try InitFixture.plan(draft).serverLines.text
        #expect(
            openfire.contains("port 5999") && openfire.contains("subdomain loopback with the shared secret secret2"))
        #expect(openfire.contains("subdomain chat.example.net with"))
    }
}
