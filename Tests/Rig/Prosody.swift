/// Prosody with config/prosody.cfg.lua unchanged, included from a file that sets the ports of this rig.
package struct Prosody: XMPPServer {
    package let daemon: Daemon
    package let domain: String
    package let clientPort: Int
    private let port: Int
    private let folder: RigFolder
    private var home: String { folder.path + "/prosody" }

    /// Starts Prosody on fresh ports. A `domain` other than example.org is given to the operator's file by the
    /// environment.
    package static func start(
        in folder: RigFolder, domain: String = "example.org", hasLowPort: Bool = false
    ) async throws -> Prosody {
        _ = try folder.make("prosody/data")
        for gateway in ["irc", "sms"] {
            try folder.write("secret-of-\(gateway)-\(UInt64.random(in: 0 ... .max))\n", to: "\(gateway).secret")
        }
        return try await start(in: folder, domain: domain, hasLowPort: hasLowPort, name: "prosody")
    }

    /// Starts Prosody with a file of the operator in place of config/prosody.cfg.lua. It accepts components at this port.
    package static func start(in folder: RigFolder, lines: String, componentPort: Int) async throws -> Prosody {
        _ = try folder.make("prosody/data")
        return try await start(
            in: folder, domain: "example.org", hasLowPort: false, name: "prosody", lines: lines,
            componentPort: componentPort)
    }

    /// Starts another server for the domain of this one, on other ports, with the same secrets and the same data.
    func startTwin() async throws -> Prosody {
        try await Prosody.start(in: folder, domain: domain, hasLowPort: false, name: "prosody-twin")
    }

    private static func start(
        in folder: RigFolder, domain: String, hasLowPort: Bool, name: String,
        lines: String = RigResources.project + "/config/prosody.cfg.lua", componentPort: Int? = nil
    ) async throws -> Prosody {
        let home = try folder.make("prosody")
        let certificate = try await Certificate.make([domain], in: folder, as: "prosody/\(name)")
        return try await retryingBusyPorts {
            let ports = (client: try hasLowPort ? Port.low() : Port.free(), component: try componentPort ?? Port.free())
            let config = configuration(
                name, home: home, domain: domain, ports: ports, certificate: certificate, lines: lines)
            let file = try folder.write(config, to: "prosody/\(name).cfg.lua")
            let daemon = Daemon(
                name,
                Daemon.Command(
                    arguments: ["/usr/bin/prosody"] + asRoot + ["--config", file, "-F"],
                    environment: environment(folder, domain), folder: home,
                    readiness: [.ports([ports.client, ports.component])]), in: folder)
            try await daemon.start()
            return Prosody(
                daemon: daemon, domain: domain, clientPort: ports.client, port: ports.component, folder: folder)
        }
    }

    package func componentPort(for gateway: String) -> Int { port }

    package func secretFile(for gateway: String) -> String { folder.path + "/\(gateway).secret" }

    package func addAccount(_ name: String) async throws -> XMPPAccount {
        let account = XMPPAccount(jid: "\(name)@\(domain)", password: "\(name)-password", port: clientPort)
        let register = ["--config", home + "/prosody.cfg.lua", "register", name, domain, account.password]
        try await folder.run(
            ["/usr/bin/prosodyctl"] + Self.asRoot + register, environment: Self.environment(folder, domain))
        return account
    }

    /// Prosody refuses to run as root without this option.
    private static var asRoot: [String] { RigFolder.isRoot ? ["--root"] : [] }

    private static func environment(_ folder: RigFolder, _ domain: String) -> [String: String] {
        ["MARTLET_SECRETS": folder.path].merging(domain == "example.org" ? [:] : ["MARTLET_DOMAIN": domain]) { $1 }
    }

    private static func configuration(
        _ name: String, home: String, domain: String, ports: (client: Int, component: Int), certificate: Certificate,
        lines: String
    ) -> String {
        """
        run_as_root = true
        pidfile = "\(home)/\(name).pid"
        data_path = "\(home)/data"
        log = { info = "*console" }
        interfaces = { "127.0.0.1" }
        c2s_ports = { \(ports.client) }
        c2s_direct_tls_ports = {}
        s2s_ports = {}
        http_ports = {}
        https_ports = {}
        component_interfaces = { "127.0.0.1" }
        component_ports = { \(ports.component) }
        modules_enabled = { "roster", "saslauth", "tls", "disco", "private", "vcard_legacy", "vcard4", "pep",
            "blocklist", "carbons", "ping", "time", "version", "posix",
            "offline" }
        modules_disabled = { "s2s", "register" }
        authentication = "internal_plain"
        storage = "internal"
        allow_unencrypted_plain_auth = true
        c2s_require_encryption = false
        limits = {}
        network_settings = { nagle = false }
        VirtualHost "\(domain)"
            ssl = { certificate = "\(certificate.certificate)"; key = "\(certificate.key)" }
        Include "\(lines)"

        """
    }
}
