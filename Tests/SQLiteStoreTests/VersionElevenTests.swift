import GRDB
import GatewayKit
import Registry
import Testing

@testable import SQLiteStore

/// The migration from version 10 to version 11 keeps the counters and the wishes.
@Suite("From version 10 to version 11")
struct VersionElevenTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static let rows = """
        INSERT INTO spending VALUES ('\(sms)', 'main/2026-09-22/\(ann)', 3, 1000);
        INSERT INTO spending VALUES ('\(sms)', 'main/2026-09/parts', 7, 1000);
        INSERT INTO spending VALUES ('\(sms)', 'main/2026-09/money', 1.5, 1000);
        INSERT INTO opt_outs VALUES ('\(sms)', '+15550123', 'phone', '+15550100', 5, 'person');
        """

    @Test("A user's counter belongs to the user, shared ones to nobody, and a wish stays a wish")
    func counters() async throws {
        let old = try DatabaseQueue(path: folder.database)
        try Schema.migrator(.silent).migrate(old, upTo: "v10")
        try await old.write { try $0.execute(sql: Self.rows) }
        try old.close()
        let registry = try folder.open()
        let kept = try await registry.access { db in
            try Row.fetchAll(db, sql: "SELECT counter, user, amount FROM spending ORDER BY counter, user").map {
                "\($0[0] as String) \($0[1] as String) \($0[2] as Double)"
            }
        }
        #expect(
            kept == ["main/2026-09-22 \(ann) 3.0", "main/2026-09/money  1.5", "main/2026-09/parts  7.0"])
        #expect(
            try await registry.read(OptOutPage(gateway: sms, limit: 9)).map(\.since)
                == [Timestamp(secondsSince1970: 5)])
    }
}
