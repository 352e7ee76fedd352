import Foundation

/// ejabberd with config/ejabberd.yml unchanged, included from a file that sets the ports for clients.
///
/// The ports for components are those of the operator's file, so only one such server can run at a time.
package struct Ejabberd: XMPPServer {
    package let daemon: Daemon
    package let domain = "example.org"
    package let clientPort: Int
    private let node: Node
    /// Held as long as this server is in use.
    private let turn: FileTurn
    private let folder: RigFolder
    /// The port for the IRC gateway with TLS from the first byte; nil if there is none.
    private let tlsPort: Int?
    private let certificate: Certificate

    package static func start(in folder: RigFolder, hasDirectTLS: Bool = false) async throws -> Ejabberd {
        for name in ["ejabberd/spool", "ejabberd/log", "ejabberd/upload"] { _ = try folder.make(name) }
        let home = folder.path + "/ejabberd"
        let secrets = try ["irc", "sms"].map { gateway in
            let secret = "secret-of-\(gateway)-\(UInt64.random(in: 0 ... .max))"
            try folder.write(secret + "\n", to: "ejabberd/\(gateway).secret")
            return "  MARTLET_\(gateway.uppercased())_SECRET: \"\(secret)\""
        }
        try folder.write("define_macro:\n\(secrets.joined(separator: "\n"))\n", to: "ejabberd/secrets.yml")
        let certificate = try await Certificate.make(["example.org"], in: folder, as: "ejabberd/server")
        try folder.write(
            try String(contentsOfFile: certificate.certificate, encoding: .utf8)
                + String(contentsOfFile: certificate.key, encoding: .utf8), to: "ejabberd/server.pem", mode: 0o600)
        let turn = try await FileTurn.take("martlet-rig-ejabberd")
        return try await retryingBusyPorts {
            let clientPort = try Port.free()
            let tlsPort = hasDirectTLS ? try Port.free() : nil
            let listener = tlsPort.map { listenerWithTLS(port: $0, home: home) } ?? ""
            try folder.write(configuration(home: home, clientPort: clientPort, listener), to: "ejabberd/ejabberd.yml")
            let node = Node(home: home, port: try Port.free())
            let daemon = Daemon(
                "ejabberd",
                Daemon.Command(
                    arguments: node.server, environment: node.environment, folder: home + "/spool",
                    readiness: [
                        .logLine("is started in the node", file: home + "/log/ejabberd.log"),
                        .ports([clientPort, 5347, 5348] + (tlsPort.map { [$0] } ?? [])),
                    ], patience: .seconds(120)), in: folder)
            folder.logs.add("ejabberd", path: home + "/log/ejabberd.log")
            try await daemon.start()
            return Ejabberd(
                daemon: daemon, clientPort: clientPort, node: node, turn: turn, folder: folder, tlsPort: tlsPort,
                certificate: certificate)
        }
    }

    package func componentPort(for gateway: String) -> Int { gateway == "sms" ? 5348 : tlsPort ?? 5347 }

    package var streamKeys: [String] {
        tlsPort == nil ? [] : ["tls: {mode: direct, ca-file: \(certificate.certificate)}"]
    }

    package func secretFile(for gateway: String) -> String { folder.path + "/ejabberd/\(gateway).secret" }

    package func addAccount(_ name: String) async throws -> XMPPAccount {
        let account = XMPPAccount(jid: "\(name)@\(domain)", password: "\(name)-password", port: clientPort)
        try await folder.run(
            node.command(["register", name, domain, account.password]), environment: node.environment)
        return account
    }

    /// The environment in which the virtual machine starts without the service's user, folders and name server.
    private struct Node: Sendable {
        let home: String
        let port: Int

        private var common: [String] {
            [
                "-setcookie", "rig", "-kernel", "inet_dist_use_interface", "{127,0,0,1}", "-erl_epmd_port", "\(port)",
                "-start_epmd", "false", "-noinput",
            ]
        }

        var server: [String] {
            ["/usr/bin/erl", "-sname", "rig\(port)@localhost"] + common
                + ["+K", "true", "-mnesia", "dir", "\"\(home)/spool\"", "-s", "ejabberd"]
        }

        func command(_ words: [String]) -> [String] {
            ["/usr/bin/erl", "-sname", "ctl\(port)@localhost"] + common
                + ["-dist_listen", "false", "-hidden", "-s", "ejabberd_ctl", "-extra", "rig\(port)@localhost"]
                + ["--no-timeout"] + words
        }

        var environment: [String: String] {
            [
                "HOME": home, "EJABBERD_CONFIG_PATH": home + "/ejabberd.yml",
                "EJABBERD_LOG_PATH": home + "/log/ejabberd.log", "EJABBERD_PID_PATH": home + "/ejabberd.pid",
                "ERL_LIBS": "/usr/lib/x86_64-linux-gnu:/usr/lib/aarch64-linux-gnu", "ERL_DIST_PORT": "\(port)",
                "ERL_CRASH_DUMP_BYTES": "0", "CONTRIB_MODULES_PATH": home + "/contrib",
                "CONTRIB_MODULES_CONF_DIR": home + "/contrib",
            ]
        }
    }

    private static func listenerWithTLS(port: Int, home: String) -> String {
        """
          - port: \(port)
            ip: "127.0.0.1"
            module: ejabberd_service
            tls: true
            certfile: "\(home)/server.pem"
            access: all
            shaper: none
            hosts: {"irc.example.org": {password: MARTLET_IRC_SECRET}}
        """
    }

    private static func configuration(home: String, clientPort: Int, _ listener: String) -> String {
        """
        include_config_file: ["\(RigResources.project)/config/ejabberd.yml", "\(home)/secrets.yml"]
        hosts: ["example.org"]
        certfiles: ["\(home)/server.pem"]
        loglevel: info
        auth_method: [internal]
        auth_password_format: plain
        acme: {auto: false}
        shaper: {}
        acl:
          local: {user_regexp: ""}
        access_rules:
          local: {allow: local}
          c2s: {allow: all}
        api_permissions:
          "console": {from: [ejabberd_ctl], who: all, what: "*"}
        listen:
          - {port: \(clientPort), ip: "127.0.0.1", module: ejabberd_c2s, access: c2s, shaper: none}
        \(listener)
        modules:
          mod_admin_extra: {}
          mod_caps: {}
          mod_carboncopy: {}
          mod_disco: {}
          mod_ping: {}
          mod_private: {}
          mod_roster: {}
          mod_vcard: {}
          mod_version: {}

        """
    }
}
