import ArgumentParser
import Foundation
import GRDB
import GatewayKit
import IRCAdapter
import Registry
import SQLiteStore
import Settings
import Testing

@testable import BiboumiImport
@testable import martlet

@Suite("The import of biboumi's users")
struct BiboumiImportTests {
    private static let domain = "irc.example.org"

    /// The tables of biboumi 9 with two users.
    private static let tables = """
        CREATE TABLE globaloptions_ (id_ INTEGER PRIMARY KEY, owner_ TEXT, maxhistorylength_ INTEGER,
            recordhistory_ INTEGER, persistent_ INTEGER);
        CREATE TABLE ircserveroptions_ (id_ INTEGER PRIMARY KEY, owner_ TEXT, server_ TEXT, pass_ TEXT, tlsports_ TEXT,
            ports_ TEXT, username_ TEXT, realname_ TEXT, verifycert_ INTEGER, trustedfingerprint_ TEXT,
            encodingout_ TEXT, encodingin_ TEXT, maxhistorylength_ INTEGER, address_ TEXT, nick_ TEXT,
            throttlelimit_ INTEGER, saslpassword_ TEXT);
        CREATE TABLE after_connection_commands_ (id_ INTEGER PRIMARY KEY, fk_ INTEGER, afterconnectioncommand_ TEXT);
        CREATE TABLE ircchanneloptions_ (id_ INTEGER PRIMARY KEY, owner_ TEXT, server_ TEXT, channel_ TEXT,
            encodingout_ TEXT, encodingin_ TEXT, maxhistorylength_ INTEGER, persistent_ INTEGER, recordhistory_ INTEGER);
        CREATE TABLE roster (local TEXT, remote TEXT);
        CREATE TABLE muclogline_ (id_ INTEGER PRIMARY KEY, uuid_ TEXT, owner_ TEXT, ircchanname_ TEXT,
            ircservername_ TEXT, date_ INTEGER, body_ TEXT, nick_ TEXT);
        INSERT INTO ircserveroptions_ VALUES (1, 'alice@example.org', 'irc.libera.chat', 'srvpw', '6697;6670', '6667',
            'al ice', 'Alice A', 1, '', '', '', 20, '', 'ali', 10, '');
        INSERT INTO ircserveroptions_ VALUES (2, 'bob@example.org', 'irc.elsewhere.example', '', '6697;6670', '',
            '', '', 1, '', '', '', 20, '', 'bobby', 10, '');
        INSERT INTO ircserveroptions_ VALUES (3, 'bob@example.org', 'irc.oftc.net', NULL, '6697;6670', '6667', '', '', 0,
            'aabb', '', 'ISO-8859-1', 20, '10.0.0.1', 'b@d nick', 4, '');
        INSERT INTO after_connection_commands_ VALUES (1, 1, 'MODE ali +x');
        INSERT INTO after_connection_commands_ VALUES (2, 1, 'AWAY :x');
        INSERT INTO ircchanneloptions_ VALUES (1, 'alice@example.org', 'irc.libera.chat', '#quay', '', 'KOI8-R', 20, 1, 1);
        INSERT INTO ircchanneloptions_ VALUES (2, 'alice@example.org', 'irc.libera.chat', '#pier', '', '', 20, 0, 1);
        INSERT INTO roster VALUES ('irc.libera.chat@irc.example.org', 'alice@example.org');
        INSERT INTO roster VALUES ('irc.example.org', 'alice@example.org');
        INSERT INTO roster VALUES ('irc.example.org', 'alice@example.org');
        INSERT INTO roster VALUES ('irc.elsewhere.example@irc.example.org', 'bob@example.org');
        INSERT INTO muclogline_ VALUES (1, 'u', 'alice@example.org', '#quay', 'irc.libera.chat', 0, 'hi', 'x');
        """

    private func withFolder<Value>(_ body: (String) async throws -> Value) async throws -> Value {
        let folder = NSTemporaryDirectory() + "martlet-import-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try await body(folder)
    }

    private func makeDatabase(_ folder: String, _ tables: String = tables) throws -> String {
        let file = folder + "/biboumi.sqlite"
        let queue = try DatabaseQueue(path: file)
        try queue.write { try $0.execute(sql: tables) }
        try queue.close()
        return file
    }

    private func rules() throws -> any NetworkRules {
        let text = "networks: {libera: {}, oftc: {}}"
        let node = try YAMLConfig.node(from: text, file: "irc.yaml")
        let problems = ConfigProblems()
        let secrets = SecretSources(environment: { _ in nil }, file: { _ in "" })
        let reader = ConfigReader(node, path: "irc", problems: problems, secrets: secrets)
        return try #require(IRCKind(reading: reader, profiles: ProfileFolder(besides: "/nowhere/martlet.yaml"))).rules
    }

    @Test("the settings, channels and contacts of a database are read")
    func reads() async throws {
        try await withFolder { folder in
            let database = try BiboumiDatabase(file: makeDatabase(folder))
            #expect(database.servers.map(\.server) == ["irc.libera.chat", "irc.elsewhere.example", "irc.oftc.net"])
            #expect(database.servers[0].values["nick"] == "ali")
            #expect(database.servers[0].values["pass"] == "srvpw")
            #expect(database.servers[0].values["sasl_password"] == nil)
            #expect(database.servers[0].afterConnect == ["MODE ali +x", "AWAY :x"])
            #expect(database.servers[2].values["pass"] == nil)
            #expect(database.channels.map(\.isPersistent) == [true, false])
            #expect(database.channels.map(\.encoding) == ["KOI8-R", nil])
            #expect(database.contacts.count == 4)
            #expect(database.messages == 1)
        }
    }

    @Test("an older database without some tables and columns is read, and another file is refused in words")
    func otherFiles() async throws {
        try await withFolder { folder in
            let old = """
                CREATE TABLE ircserveroptions_ (id_ INTEGER PRIMARY KEY, owner_ TEXT, server_ TEXT, pass_ TEXT);
                INSERT INTO ircserveroptions_ VALUES (1, 'a@b', 'irc.libera.chat', 'pw');
                """
            let database = try BiboumiDatabase(file: makeDatabase(folder, old))
            #expect(
                database
                    == BiboumiDatabase(
                        servers: [
                            .init(owner: "a@b", server: "irc.libera.chat", values: ["pass": "pw"], afterConnect: [])
                        ]))
        }
        try await withFolder { folder in
            #expect(throws: BiboumiFault.self) { try BiboumiDatabase(file: folder + "/none.sqlite") }
            let other = try makeDatabase(folder, "CREATE TABLE x (y)")
            #expect(throws: BiboumiFault.self) { try BiboumiDatabase(file: other) }
            let text = folder + "/text"
            try String(repeating: "no database", count: 200).write(toFile: text, atomically: true, encoding: .utf8)
            #expect(throws: BiboumiFault.self) { try BiboumiDatabase(file: text) }
        }
    }

    @Test("the plan has the settings that fit, and the reason for each that does not")
    func plan() async throws {
        try await withFolder { folder in
            let database = try BiboumiDatabase(file: makeDatabase(folder))
            let plan = BiboumiPlan(database, gateway: Self.domain, rules: try rules(), known: [:])
            guard case .account(let account)? = plan.steps.first else {
                Issue.record("no account")
                return
            }
            #expect(account.user == UserID("alice@example.org"))
            #expect(account.network == NetworkID("libera"))
            #expect(
                account.settings == [
                    "nick": "ali", "username": "al_ice", "realname": "Alice A", "pass": "srvpw",
                    "after_connect_commands": "MODE ali +x\nAWAY :x",
                ])
            #expect(account.secretKeys == ["pass", "after_connect_commands"])
            #expect(
                plan.steps.dropFirst().map(\.description) == [
                    "alice@example.org: contact libera", "alice@example.org: contact the gateway",
                    "alice@example.org: #quay%libera: encoding_in = koi8-r",
                ])
            let report = plan.report(isApplied: false)
            #expect(!report.contains("srvpw"))
            #expect(!report.contains("MODE ali"))
            for words in [
                "bob@example.org: irc.elsewhere.example: no network", "irc.oftc.net: fingerprint: it is a SHA-1",
                "irc.oftc.net: address: the operator", "irc.oftc.net: nick: ", "irc.oftc.net: encoding_in: users",
                "#quay on irc.libera.chat is persistent", "1 messages",
                "Add --apply",
            ] { #expect(report.contains(words), "\(words)") }
            #expect(!report.contains("irc.libera.chat: ports"))
        }
    }

    @Test("settings and contacts that a user has here already are never changed")
    func known() async throws {
        try await withFolder { folder in
            let database = try BiboumiDatabase(file: makeDatabase(folder))
            let alice = UserID("alice@example.org")
            let known = UserRecord(
                user: alice,
                accounts: [
                    AccountRecord(
                        gateway: Self.domain, user: alice, network: NetworkID("libera"), settings: ["nick": "x"])
                ],
                contacts: [ContactRecord(gateway: Self.domain, user: alice, localpart: "")],
                kept: [KeptValue(.room, place: "#quay%libera", key: "encoding_in", value: "x")])
            let plan = BiboumiPlan(database, gateway: Self.domain, rules: try rules(), known: [alice: known])
            #expect(plan.steps.map(\.description) == ["alice@example.org: contact libera"])
            #expect(plan.omissions.contains { $0.contains("#quay on irc.libera.chat: the user has settings") })
            #expect(plan.omissions.contains { $0.contains("has settings for libera already") })
        }
    }

    @Test("the command writes only with --apply, and a second run changes nothing")
    func command() async throws {
        try await withFolder { folder in
            let file = try makeDatabase(folder)
            let registry = folder + "/registry.sqlite"
            let configuration = folder + "/martlet.yaml"
            try """
            registry: \(registry)
            access: {allow: [example.org]}
            gateways:
              irc.example.org:
                secret: {file: \(folder)/secret}
                adapter: irc
                irc: {networks: {libera: {}, oftc: {}}}
            """.write(toFile: configuration, atomically: true, encoding: .utf8)
            try "s3cret".write(toFile: folder + "/secret", atomically: true, encoding: .utf8)
            let arguments = ["biboumi", file, "--config", configuration]

            try await run(arguments)
            #expect(!FileManager.default.fileExists(atPath: registry))

            try await run(arguments + ["--apply"])
            let first = try await users(registry)
            #expect(first.map(\.accounts.count) == [1, 0])
            #expect(first[0].accounts.first?.secretKeys.isEmpty == false)
            #expect(first[0].contacts.map(\.localpart) == ["", "libera"])
            #expect(
                first[0].kept == [KeptValue(.room, place: "#quay%libera", key: "encoding_in", value: "koi8-r")])

            // While Martlet uses the registry, only a dry run is possible.
            let running = try SQLiteStore(path: registry)
            try await run(arguments)
            await #expect(throws: ValidationError.self) { try await run(arguments + ["--apply"]) }
            await running.close()

            try await run(arguments + ["--apply"])
            #expect(try await users(registry) == first)
        }
    }

    private func run(_ arguments: [String]) async throws {
        let command = try #require(try ImportCommand.parseAsRoot(arguments) as? ImportCommand.Biboumi)
        try await command.run()
    }

    private func users(_ registry: String) async throws -> [UserRecord] {
        let store = try SQLiteStore(path: registry)
        var users: [UserRecord] = []
        for name in ["alice@example.org", "bob@example.org"] {
            users.append(try await store.read(UserQuery(gateway: Self.domain, user: UserID(name))))
        }
        await store.close()
        return users
    }
}
