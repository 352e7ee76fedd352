import Foundation
import GRDB
import GatewayKit
import Registry
import Testing

@testable import SQLiteStore

@Suite struct SchemaTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func schema(_ queue: DatabaseQueue) throws -> [String] {
        try queue.read { db in
            try String.fetchAll(
                db,
                sql: "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name <> 'grdb_migrations' ORDER BY name")
        }
    }

    @Test("The first migration still creates the frozen schema")
    func drift() throws {
        let frozen = try DatabaseQueue()
        try frozen.write { try $0.execute(sql: FrozenSchema.version1) }
        let migrated = try DatabaseQueue()
        try Schema.migrator(.silent).migrate(migrated, upTo: "v1")
        #expect(try schema(migrated) == schema(frozen))
        #expect(try schema(frozen).count == 14)
    }

    @Test("A registry that version 1 wrote opens with all its data")
    func fixture() async throws {
        let old = try DatabaseQueue(path: folder.database)
        try await old.write { try $0.execute(sql: FrozenSchema.version1 + FrozenSchema.rows1) }
        try old.close()
        try Data(0..<32).write(to: URL(fileURLWithPath: folder.key))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: folder.key)
        let registry = try folder.open()

        let gateway = "irc.example.org"
        let harbour = AccountID(user: ann, network: NetworkID("harbour"))
        let snapshot = try await registry.snapshot(gateway: gateway)
        #expect(
            snapshot.accounts == [
                AccountRecord(
                    gateway: gateway, user: ann, network: harbour.network,
                    settings: ["nick": "ann", "password": "tide-table"], secretKeys: ["password"])
            ])
        var record = try await registry.readUser(ann, on: gateway)
        record.sent = []
        #expect(
            record
                == UserRecord(
                    user: ann, accounts: snapshot.accounts,
                    contacts: [ContactRecord(gateway: gateway, user: ann, localpart: "")],
                    peers: [
                        PeerRecord(
                            gateway: gateway, user: ann, localpart: "ben%harbour", displayName: "Ben",
                            lastSeen: time(0.5))
                    ]))
        #expect(
            snapshot.outbound == [
                OutboundEntry(
                    id: RequestID("r1"), gateway: gateway, account: harbour, localpart: "ben%harbour",
                    text: "Tide at six", sender: "ann@example.org/desk", recipient: "ben%harbour@irc.example.org",
                    originID: "m1", wantsReceipt: true, state: .handing, attempts: 2, foreignID: MessageID("f1"),
                    createdAt: time(0), updatedAt: time(1))
            ])
        #expect(
            snapshot.inbound == [
                InboundEntry(
                    id: "i1", gateway: gateway, account: harbour, localpart: "ben%harbour", displayName: "Ben",
                    text: "Ahoy", deduplicationKey: "k1", receivedAt: time(2))
            ])
        var repeated = snapshot.inbound[0]
        repeated.id = "i2"
        #expect(await registry.commit(.appendInbound(repeated)) == .success(.inserted(false)))
    }
}
