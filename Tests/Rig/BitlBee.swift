/// BitlBee, an IRC server whose channels and people are contacts on other networks, such as XMPP.
package struct BitlBee: Sendable {
    package let daemon: Daemon
    package let port: Int

    package static func start(in folder: RigFolder) async throws -> BitlBee {
        let home = try folder.make("bitlbee")
        _ = try folder.make("bitlbee/users")
        return try await retryingBusyPorts {
            let port = try Port.free()
            let file = try folder.write(configuration(home: home, port: port), to: "bitlbee/bitlbee.conf")
            let daemon = Daemon(
                "bitlbee",
                Daemon.Command(
                    arguments: [
                        "/usr/sbin/bitlbee", "-D", "-n", "-v", "-c", file, "-d", home + "/users", "-P",
                        home + "/bitlbee.pid",
                    ], folder: home, readiness: [.ports([port])]), in: folder)
            try await daemon.start()
            return BitlBee(daemon: daemon, port: port)
        }
    }

    private static func configuration(home: String, port: Int) -> String {
        """
        [settings]
        RunMode = Daemon
        DaemonInterface = 127.0.0.1
        DaemonPort = \(port)
        AuthMode = Open
        HostName = bitlbee.test
        ConfigDir = \(home)/users
        MotdFile = /etc/bitlbee/motd.txt
        PingInterval = 180
        PingTimeOut = 300
        Protocols = jabber
        [defaults]

        """
    }
}
