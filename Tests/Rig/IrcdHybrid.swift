import Foundation

/// ircd-hybrid: it has away-notify, extended-join and MONITOR, but neither echoes nor SASL.
///
/// Debian's package conflicts with that of ngIRCd, so `Scripts/setup` unpacks it beside the installed packages.
package struct IrcdHybrid: IRCServer {
    package let daemon: Daemon
    package let port: Int
    package let tlsPort: Int
    package let certificate: Certificate

    /// The program: the installed one, or the one that `Scripts/setup` has unpacked.
    private static var program: String {
        let places = ["/usr/sbin/ircd-hybrid", "/usr/local/lib/ircd-hybrid/usr/sbin/ircd-hybrid"]
        return places.first { FileManager.default.isExecutableFile(atPath: $0) } ?? places[0]
    }

    package static func start(in folder: RigFolder, curve: String = "prime256v1") async throws -> IrcdHybrid {
        let home = try folder.make("ircd-hybrid")
        let certificate = try await Certificate.make(
            ["localhost", "hy.test"], in: folder, as: "ircd-hybrid/server", curve: curve)
        return try await retryingBusyPorts {
            let port = try Port.free()
            let tlsPort = try Port.free()
            let file = try folder.write(
                configuration(home: home, port: port, tlsPort: tlsPort), to: "ircd-hybrid/ircd.conf")
            try folder.give(home, to: "irc")
            let files = ["kline", "xline", "dline", "resv", "log", "pid"].flatMap { ["-\($0)file", "\(home)/\($0)"] }
            let arguments = [program, "-configfile", file] + files + ["-foreground"]
            let daemon = Daemon(
                "ircd-hybrid",
                Daemon.Command(
                    arguments: RigFolder.withoutRoot(arguments), folder: home,
                    readiness: [.ports([port, tlsPort])]), in: folder)
            try await daemon.start()
            return IrcdHybrid(daemon: daemon, port: port, tlsPort: tlsPort, certificate: certificate)
        }
    }

    private static func configuration(home: String, port: Int, tlsPort: Int) -> String {
        """
        serverinfo { name = "hy.test"; description = "a server for tests"; network_name = "hynet";
          network_description = "a network for tests"; sid = "2HY"; hub = no; default_max_clients = 6000;
          max_nick_length = 30; max_topic_length = 300; tls_certificate_file = "\(home)/server.crt";
          rsa_private_key_file = "\(home)/server.key"; };
        admin { name = "t"; description = "t"; email = "<root@localhost>"; };
        class { name = "users"; ping_time = 90 seconds; number_per_ip_local = 6000; number_per_ip_global = 6000;
          max_number = 6000; max_channels = 1000; sendq = 16 megabytes; recvq = 8000 bytes; };
        class { name = "opers"; ping_time = 90 seconds; number_per_ip_local = 100; max_number = 100;
          max_channels = 1000; sendq = 16 megabytes; };
        listen { host = "127.0.0.1"; port = \(port); flags = tls; port = \(tlsPort); };
        auth { user = "*@*"; class = "users"; flags = exceed_limit, can_flood, resv_exempt, no_tilde; };
        operator { name = "root"; user = "*@*"; password = "secret"; encrypted = no; class = "opers"; umodes = locops;
          flags = close, die, dline, kill, kline, locops, module, rehash, restart, set, unkline, wallops, xline; };
        channel { disable_fake_channels = yes; enable_extbans = yes; invite_client_count = 1000;
          invite_client_time = 1 second; invite_delay_channel = 0; knock_client_count = 1000;
          knock_client_time = 1 second; knock_delay_channel = 0; max_channels = 1000; max_invites = 100; max_bans = 500;
          max_bans_large = 500; default_join_flood_count = 0; default_join_flood_time = 0; };
        serverhide { flatten_links = no; hide_servers = no; hide_server_ips = no; };
        general { disable_auth = yes; throttle_count = 10000; throttle_time = 1 second; default_floodcount = 0;
          default_floodtime = 1 second; anti_nick_flood = no; anti_spam_exit_message_time = 0; max_monitor = 100;
          max_accept = 100; away_count = 1000; away_time = 1 second; caller_id_wait = 0; opers_bypass_callerid = yes;
          no_oper_flood = yes; oper_umodes = locops; max_targets = 20; ping_cookie = no; invisible_on_connect = no;
          pace_wait = 0; pace_wait_simple = 0; };
        log { use_logging = yes; file { type = oper; name = "\(home)/oper.log"; size = unlimited; }; };

        """
    }
}
