import Foundation
import GRDB
import GatewayKit
import Logging
import Registry
import Testing

@testable import SQLiteStore

/// The migration from version 3 to version 4 loses no data.
@Suite("From version 3 to version 4")
struct VersionFourTests {
    let folder: TemporaryFolder
    let lines = LogLines()

    init() throws { folder = try TemporaryFolder() }

    /// Opens a registry of version 3 that has these rows.
    private func upgrade(_ rows: String) throws -> SQLiteStore {
        let old = try DatabaseQueue(path: folder.database)
        try Schema.migrator(.silent).migrate(old, upTo: "v3")
        try old.write { try $0.execute(sql: rows) }
        try old.close()
        return try folder.open(logger: lines.logger)
    }

    private static func account(_ user: UserID, _ phone: String) -> String {
        """
        INSERT INTO accounts VALUES ('\(sms)', '\(user)', '');
        INSERT INTO account_settings VALUES ('\(sms)', '\(user)', '', 'phone', '\(phone)', NULL);
        """
    }

    private func owner(_ phone: String, _ registry: SQLiteStore) async throws -> UserID? {
        try await registry.read(UniqueValueOwner(gateway: sms, UniqueValue("phone", phone)))
    }

    @Test("A registered number belongs to its user; of two users with one number, the first by name keeps it")
    func numbers() async throws {
        let registry = try upgrade(
            Self.account(bob, "+1") + Self.account(ann, "+1") + Self.account(UserID("carl@example.org"), "+2"))
        #expect(try await owner("+1", registry) == ann)
        #expect(try await owner("+2", registry) == UserID("carl@example.org"))
        #expect(
            lines.all == [
                "warning two users have registered the same value, and only the user named as other keeps it"
            ])
        #expect(lines.metadata.first?["user"] == "\(bob)" && lines.metadata.first?["other"] == "\(ann)")
        #expect(try await registry.snapshot(gateway: sms).accounts.count == 3)
        let taken = await registry.commit(.saveAccount(SQLiteStoreTests.account(bob, phone: "+2"), unique: ["phone"]))
        #expect(taken == .failure(.conflict(key: "phone")))
    }

    @Test("A number that was given up stays in quarantine, unless a user has registered it")
    func quarantine() async throws {
        let registry = try upgrade(
            Self.account(ann, "+1") + """
                INSERT INTO freed_values VALUES
                    ('\(sms)', 'phone', '+1', '\(bob)', 1790000000.0), ('\(sms)', 'phone', '+2', '\(bob)', 1790000000.0);
                """)
        #expect(try await owner("+1", registry) == ann)
        let terms = UniqueValueTerms(at: time(86_399), quarantine: day)
        let claim = Change.saveAccount(SQLiteStoreTests.account(ann, phone: "+2"), unique: ["phone"], terms: terms)
        #expect(await registry.commit(claim) == .failure(.quarantined(key: "phone", until: time(86_400))))
        #expect(lines.all == [])
    }

    @Test("Values of settings that are not unique have no owner")
    func notUnique() async throws {
        let registry = try upgrade(
            """
            INSERT INTO accounts VALUES ('\(sms)', '\(ann)', '');
            INSERT INTO account_settings VALUES ('\(sms)', '\(ann)', '', 'nick', 'ann', NULL);
            """)
        #expect(try await registry.count("unique_values") == 0)
    }

    @Test("An untold failure stays a failure, and an untold delivery stays a delivery")
    func untold() async throws {
        func row(_ id: String, _ state: String) -> String {
            """
            INSERT INTO outbound (id, gateway, user, network, localpart, text, sender, recipient, origin_id,
                wants_receipt, state, attempts, created_at, updated_at)
            VALUES ('\(id)', '\(sms)', '\(ann)', 'main', '+15550123', '', 's', 'r', 'm1', 1, '\(state)', 1, 0, 0);
            """
        }
        let registry = try upgrade(
            row("bad", "failed") + row("ok", "delivered") + """
                INSERT INTO untold VALUES ('bad', 'notFound', 'no such number'), ('ok', NULL, NULL);
                """)
        let untold = try await registry.snapshot(gateway: sms).unreported
        #expect(untold.map(\.entry.id.rawValue) == ["bad", "ok"])
        #expect(untold.map(\.failure) == [Failure(.notFound, "no such number"), nil])
    }

    @Test("Inbound messages keep their order, even two with one key, and all their keys stay taken")
    func inbound() async throws {
        func row(_ id: String, _ key: String) -> String {
            """
            INSERT INTO inbound (id, gateway, user, network, localpart, display_name, text, deduplication_key,
                received_at)
            VALUES ('\(id)', '\(sms)', '\(ann)', 'main', '+15550123', 'Ben', 'Ahoy', '\(key)', 1790000000.0);
            """
        }
        let registry = try upgrade(
            row("z", "k") + row("a", "l") + row("b", "k") + """
                INSERT INTO deduplication VALUES ('\(sms)', 'main', 'k', 1790000000.0),
                    ('\(sms)', 'main', 'l', 1790000000.0), ('\(sms)', 'main', 'done', 1790000000.0);
                """)
        #expect(try await registry.snapshot(gateway: sms).inbound.map(\.id) == ["z", "a", "b"])
        for key in ["k", "l", "done"] {
            let repeated = SQLiteStoreTests.inbound("new", key: key)
            #expect(await registry.commit(.appendInbound(repeated)) == .success(.inserted(false)), "\(key)")
        }
        _ = await registry.commit(.finishInbound(ids: ["z", "a", "b"]))
        _ = await registry.commit(.prune(now: time(7 * 86_400)))
        #expect(try await registry.count("inbound") == 0)
    }
}
