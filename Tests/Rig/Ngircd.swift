/// ngIRCd: it has no capability but multi-prefix, so delivery has to be proven without capabilities.
package struct Ngircd: IRCServer {
    package let daemon: Daemon
    package let port: Int
    package let tlsPort: Int
    package let certificate: Certificate

    package static func start(in folder: RigFolder, _ plan: Plan = Plan()) async throws -> Ngircd {
        let home = try folder.make("ngircd")
        _ = try folder.make("ngircd/conf.d")
        let certificate = try await Certificate.make(
            ["localhost", "ng.test"], in: folder, as: "ngircd/server", curve: plan.curve)
        try await folder.run([
            "/usr/bin/openssl", "dhparam", "-dsaparam", "-out", home + "/dh.pem", "2048",
        ])
        return try await retryingBusyPorts {
            let port = try Port.free()
            let tlsPort = try Port.free()
            let file = try folder.write(
                configuration(plan, home: home, port: port, tlsPort: tlsPort), to: "ngircd/ngircd.conf")
            try folder.give(home, to: "irc")
            let daemon = Daemon(
                "ngircd",
                Daemon.Command(
                    arguments: ["/usr/sbin/ngircd", "-n", "-f", file], folder: home,
                    readiness: [.ports([port, tlsPort])]), in: folder)
            try await daemon.start()
            return Ngircd(daemon: daemon, port: port, tlsPort: tlsPort, certificate: certificate)
        }
    }

    private static func configuration(_ plan: Plan, home: String, port: Int, tlsPort: Int) -> String {
        """
        [Global]
          Name = ng.test
          Info = a server for tests
          Network = ngnet
          AdminInfo1 = test
          AdminEMail = root@localhost
          Listen = 127.0.0.1\(plan.routedPrefix == nil ? "" : ",::1")
          Ports = \(port)
          MotdPhrase = hello
        \(plan.serverPassword.map { "  Password = \($0)" } ?? "")
          PidFile = \(home)/ngircd.pid
        \(RigFolder.isRoot ? "  ServerUID = irc\n  ServerGID = irc" : "")
        [Limits]
          MaxConnections = 0
          MaxConnectionsIP = 0
          MaxJoins = 0
          MaxNickLength = 31
          MaxPenaltyTime = 0
          MaxListSize = 0
          PingTimeout = 120
          PongTimeout = 60
        [Options]
          OperCanUseMode = yes
          DNS = \(plan.asksAboutUsers ? "yes" : "no")
          Ident = \(plan.asksAboutUsers ? "yes" : "no")
          PAM = no
          ConnectIPv6 = no
          DefaultUserModes = i
          NoticeBeforeRegistration = no
          IncludeDir = \(home)/conf.d
          SyslogFacility = local1
        [Operator]
          Name = root
          Password = secret
        [SSL]
          DHFile = \(home)/dh.pem
          CertFile = \(home)/server.crt
          KeyFile = \(home)/server.key
          Ports = \(tlsPort)

        """
    }
}
