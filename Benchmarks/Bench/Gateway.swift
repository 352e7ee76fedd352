import Foundation
import Glibc
import ServerRig

/// A gateway program that is measured.
enum Gateway: Hashable {
    case martlet(String)
    case biboumi(String)

    /// Reads the name of a gateway. `biboumi` stands for the program of Debian's package; any other path is a Martlet.
    init(_ words: String) {
        let path = words == "biboumi" ? "/usr/bin/biboumi" : URL(fileURLWithPath: words).standardizedFileURL.path
        self = path.split(separator: "/").last == "biboumi" ? .biboumi(path) : .martlet(path)
    }

    /// The program that writes biboumi's options.
    static let sqlite = "/usr/bin/sqlite3"

    var path: String {
        switch self {
        case .martlet(let path), .biboumi(let path): path
        }
    }

    var isMartlet: Bool { if case .martlet = self { true } else { false } }

    /// Starts the gateway between the two ends, without a rate limit for users and without history.
    ///
    /// - Parameters:
    ///   - ircHost: the IRC server; nil for a gateway to SMS whose provider never answers.
    ///   - secure: the name of a network that is the same server over TLS; nil for none.
    func launch(
        in folder: RigFolder, wrap: [String], xmppPort: Int, ircHost: String?, secure: String? = nil
    ) throws -> ChildProcess {
        let home = try folder.make("gateway")
        let name = isMartlet ? "martlet.yaml" : "biboumi.cfg"
        let text =
            isMartlet
            ? try martletFile(home: home, xmppPort: xmppPort)
                + (ircHost.map { ircPart($0, secure: secure) } ?? textPart(webhooks: Port.free()))
            : biboumiFile(home: home, xmppPort: xmppPort)
        let file = try folder.write(text, to: "gateway/\(name)")
        let arguments = isMartlet ? ["run", "--config", file] : [file]
        return try folder.launch("gateway", wrap + [path] + arguments)
    }

    private func martletFile(home: String, xmppPort: Int) -> String {
        """
        registry: \(home)/registry.sqlite
        access: {allow: [localhost]}
        limits: {stanzas-per-second: 100000, stanza-burst: 1000000, rooms: 1000}
        log: {level: warning}
        gateways:
          \(XMPPEnd.domain):
            server: 127.0.0.1:\(xmppPort)
            secret: bench

        """
    }

    private func ircPart(_ host: String, secure: String?) -> String {
        let second = secure.map { name in
            """
                    \(name):
                      address: "\(host):6697"
                      verify: none
                      private-addresses: allow
                      flood: {burst: 1000, per-second: 0}
                      reconnects: {burst: 100, per-second: 500}

            """
        }
        return """
                adapter: irc
                irc:
                  networks:
                    "\(host)":
                      address: "\(host):6667"
                      tls: off
                      private-addresses: allow
                      flood: {burst: 1000, per-second: 0}

            """ + (second ?? "")
    }

    private func textPart(webhooks port: Int) -> String {
        """
            adapter: sms
            sms:
              default-region: US
              open-registration: true
              accounts:
                main:
                  provider: kannel
                  settings: {base: "http://127.0.0.1:9", username: bench, password: bench, token: benchbenchbenchbench}
                  numbers: ["+12025550100"]
        http: {listen: "127.0.0.1:\(port)", public-url: "http://127.0.0.1:\(port)"}

        """
    }

    private func biboumiFile(home: String, xmppPort: Int) -> String {
        """
        hostname=\(XMPPEnd.domain)
        password=bench
        xmpp_server_ip=127.0.0.1
        port=\(xmppPort)
        db_name=\(home)/biboumi.sqlite
        log_level=2
        identd_port=0
        persistent_by_default=false

        """
    }

    /// Writes the options of biboumi's users. biboumi keeps them in its database, and reads them when the user first
    /// sends something: no throttling, no record of the history, and no attempt at TLS first. The start of biboumi has
    /// made the tables.
    func setOptions(users: Int, folder: RigFolder, ircHost: String) throws {
        guard !isMartlet else { return }
        let owners = "WITH n(i) AS (SELECT 0 UNION ALL SELECT i+1 FROM n WHERE i<\(users - 1))"
        let sql = """
            BEGIN;
            INSERT INTO globaloptions_(owner_,maxhistorylength_,recordhistory_,persistent_)
              \(owners) SELECT 'u'||i||'@localhost',0,0,0 FROM n;
            INSERT INTO ircserveroptions_(owner_,server_,pass_,tlsports_,ports_,username_,realname_,verifycert_,
              trustedfingerprint_,encodingout_,encodingin_,maxhistorylength_,address_,nick_,saslpassword_,throttlelimit_)
              \(owners) SELECT 'u'||i||'@localhost','\(ircHost)','','','6667','','',0,'','','',0,'','','',-1 FROM n;
            COMMIT;
            """
        try folder.run(sql, named: "options.sql")
    }
}

extension RigFolder {
    /// Runs SQL on a gateway's database with sqlite3(1), and waits for its end.
    ///
    /// - Parameter database: the name of the database's file in the gateway's folder.
    func run(_ sql: String, named name: String, on database: String = "biboumi.sqlite") throws {
        let file = try write(sql, to: "gateway/\(name)")
        let process = try launch("sqlite", [Gateway.sqlite, "\(path)/gateway/\(database)", ".read \(file)"])
        process.waitForEnd()
        guard process.end == .exited(0) else { throw BenchFailure("sqlite3 failed on \(name):\n\(logs.tails())") }
    }
}

extension ChildProcess {
    /// Returns when the process has ended.
    func waitForEnd() {
        while end == nil { usleep(2000) }
    }
}
