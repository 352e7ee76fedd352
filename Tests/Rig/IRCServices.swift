import Foundation

/// Account services for InspIRCd: NickServ and ChanServ, and SASL.
enum IRCServices {
    static func start(_ program: Plan.Services.Program, linkPort: Int, in folder: RigFolder) async throws -> Daemon {
        switch program {
        case .atheme: try await startAtheme(linkPort: linkPort, in: folder)
        case .anope: try await startAnope(linkPort: linkPort, in: folder)
        }
    }

    // MARK: Atheme

    private static func startAtheme(linkPort: Int, in folder: RigFolder) async throws -> Daemon {
        let home = try folder.make("atheme")
        _ = try folder.make("atheme/data")
        let file = try folder.write(athemeConfiguration(linkPort: linkPort), to: "atheme/atheme.conf")
        try folder.give(home, to: "irc")
        let log = home + "/log"
        let arguments = [
            "/usr/bin/atheme-services", "-n", "-c", file, "-D", home + "/data", "-l", log, "-p", home + "/pid",
        ]
        let daemon = Daemon(
            "atheme",
            Daemon.Command(
                arguments: RigFolder.withoutRoot(arguments), folder: home,
                readiness: [.logLine("finished synching with uplink", file: log)]), in: folder)
        try await daemon.start()
        return daemon
    }

    private static func athemeConfiguration(linkPort: Int) -> String {
        let modules = [
            "protocol/inspircd", "protocol/mixin_noholdnick", "backend/opensex", "crypto/pbkdf2v2", "nickserv/main",
            "nickserv/register", "nickserv/identify", "nickserv/info", "nickserv/cert", "nickserv/set_core",
            "nickserv/set_pubkey", "chanserv/main", "chanserv/register", "saslserv/main", "saslserv/plain",
            "saslserv/external", "saslserv/ecdsa-nist256p-challenge",
        ]
        return modules.map { "loadmodule \"modules/\($0)\";\n" }.joined() + """
            serverinfo { name = "services.test"; desc = "services"; numeric = "00A"; recontime = 1;
              netname = "insptest"; hidehostsuffix = "users.test"; adminname = "root"; adminemail = "root@localhost";
              registeremail = "noreply@localhost"; mta = "/bin/true";
              loglevel = { error; info; admin; network; wallops; }; maxlogins = 1000; maxusers = 1000; mdlimit = 30;
              emaillimit = 1000; emailtime = 1; auth = none; casemapping = rfc1459; };
            uplink "insp.test" { host = "127.0.0.1"; send_password = "linkpw"; receive_password = "linkpw";
              port = \(linkPort); };
            nickserv { nick = "NickServ"; user = "ns"; host = "services.test"; real = "ns"; maxnicks = 100; };
            chanserv { nick = "ChanServ"; user = "cs"; host = "services.test"; real = "cs"; maxchans = 1000; fantasy;
              trigger = "!"; };
            saslserv { nick = "SaslServ"; user = "ss"; host = "services.test"; real = "ss"; };
            general { commit_interval = 5; flood_msgs = 0; clone_time = 0; uplink_sendq_limit = 104857600;
              ratelimit_uses = 100000; ratelimit_period = 1; };

            """
    }

    // MARK: Anope

    private static func startAnope(linkPort: Int, in folder: RigFolder) async throws -> Daemon {
        let home = try folder.make("anope")
        for name in ["conf", "db", "log"] { _ = try folder.make("anope/" + name) }
        let manager = FileManager.default
        for name in try manager.contentsOfDirectory(atPath: "/etc/anope") {
            try manager.copyItem(atPath: "/etc/anope/" + name, toPath: "\(home)/conf/\(name)")
        }
        for (file, changes) in anopeChanges(home: home, linkPort: linkPort) {
            try edit("\(home)/conf/\(file)", changes)
        }
        try folder.give(home, to: "irc")
        let arguments = [
            "/usr/sbin/anope", "--nofork", "--confdir=\(home)/conf", "--dbdir=\(home)/db", "--logdir=\(home)/log",
            "--modulesdir=/usr/lib/anope",
        ]
        let daemon = Daemon(
            "anope",
            Daemon.Command(
                arguments: RigFolder.withoutRoot(arguments), folder: home,
                readiness: [.logLine("is done syncing", file: nil)]),
            in: folder)
        try await daemon.start()
        return daemon
    }

    /// The settings that differ from those of the package: the start of a line, and the new line.
    private static func anopeChanges(home: String, linkPort: Int) -> [String: [(key: String, line: String)]] {
        [
            "services.conf": [
                ("port = 7000", "port = \(linkPort)"), ("password = \"mypassword\"", "password = \"linkpw\""),
                ("value = \"services.example.com\"", "value = \"services.test\""),
                ("name = \"services.example.com\"", "name = \"services.test\""),
                ("pid = ", "pid = \"\(home)/anope.pid\""), ("motd = ", "motd = \"\(home)/conf/services.motd\""),
                ("casemap = ", "casemap = \"rfc1459\""), ("retrywait = ", "retrywait = 1s"),
                ("updatetimeout = ", "updatetimeout = 5s"), ("networkname = ", "networkname = \"insptest\""),
                ("badpasslimit = ", "badpasslimit = 0"),
            ],
            "nickserv.conf": [
                ("regdelay = ", "regdelay = 0"), ("nickregdelay = ", "nickregdelay = 0"),
                ("registration = ", "registration = \"none\""),
            ],
            "operserv.conf": [
                ("defaultsessionlimit = ", "defaultsessionlimit = 0"), ("maxsessionkill = ", "maxsessionkill = 0"),
            ],
        ]
    }

    private static func edit(_ path: String, _ changes: [(key: String, line: String)]) throws {
        let lines = ServerLogs.read(path).split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let bare = line.drop { $0 == " " || $0 == "\t" }
            return changes.first { bare.hasPrefix($0.key) }?.line ?? String(line)
        }
        try lines.joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
    }
}
