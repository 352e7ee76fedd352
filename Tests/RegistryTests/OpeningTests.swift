import Foundation
import GRDB
import GatewayKit
import Testing

@testable import Registry

@Suite struct OpeningTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("The database and what SQLite puts beside it are for the owner only")
    func modes() async throws {
        let registry = try folder.open()
        _ = await registry.commit(.appendOutbound(outbound("a")))
        for suffix in ["", "-wal", "-shm", ".lock"] {
            #expect(try folder.mode(folder.database + suffix) == 0o600, "\(suffix)")
        }
    }

    @Test(
        "SQLite works as the ledger needs it",
        arguments: [("journal_mode", "wal"), ("synchronous", "2"), ("foreign_keys", "1"), ("secure_delete", "1")])
    func settings(pragma: String, value: String) async throws {
        let registry = try folder.open()
        #expect(try await registry.access { try String.fetchOne($0, sql: "PRAGMA \(pragma)") } == value)
    }

    @Test("What was committed is there after the next start")
    func reopening() async throws {
        let registry = try folder.open()
        let record = account(ann, phone: "+15550100", password: "x")
        _ = await registry.commit(.saveAccount(record, unique: ["phone"]))
        _ = await registry.commit(.appendOutbound(outbound("a")))
        _ = await registry.commit(.appendInbound(inbound("b", key: "k")))
        await registry.close()
        let expected = GatewaySnapshot(accounts: [record], outbound: [outbound("a")], inbound: [inbound("b", key: "k")])
        #expect(try await folder.open().snapshot(gateway: sms) == expected)
    }

    @Test("A second Martlet on the same registry is refused, until the first has closed it")
    func lock() async throws {
        let registry = try folder.open()
        #expect(throws: RegistryError.unavailable("\(folder.database) is in use by another Martlet")) {
            try folder.open()
        }
        await registry.close()
        await (try folder.open()).close()
    }

    @Test("A folder that is missing and a file that is no database are told apart")
    func unusable() throws {
        #expect(throws: RegistryError.unavailable("/nowhere/r.sqlite.lock cannot be opened: No such file or directory"))
        {
            try Registry(path: "/nowhere/r.sqlite", logger: .silent)
        }
        try Data(String(repeating: "not a database ", count: 100).utf8)
            .write(to: URL(fileURLWithPath: folder.database))
        #expect(throws: RegistryError.unavailable("\(folder.database) is not a SQLite database")) { try folder.open() }
    }

    @Test("A damaged file is told at the start", arguments: [0, 1])
    func damaged(part: Int) async throws {
        let registry = try folder.open()
        for number in 0..<200 { _ = await registry.commit(.appendOutbound(outbound("\(number)"))) }
        try await registry.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        await registry.close()
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: folder.database))
        let size = try file.seekToEnd()
        // First the tables' own table behind the header, then everything after it.
        try file.seek(toOffset: part == 0 ? 100 : 4096)
        try file.write(contentsOf: Data(repeating: 0xA5, count: part == 0 ? 3_000 : Int(size) - 4096))
        try file.close()
        let error = await #expect(throws: RegistryError.self) {
            _ = try await folder.open().snapshot(gateway: sms)
        }
        #expect(error == .unavailable("\(folder.database) is damaged: restore it from a backup"))
    }

    @Test("A registry of a newer version is left alone")
    func newer() async throws {
        let registry = try folder.open()
        try await registry.execute("INSERT INTO grdb_migrations VALUES ('v999')")
        await registry.close()
        #expect(
            throws: RegistryError.unavailable(
                "\(folder.database) was written by a newer Martlet: use that one, or a backup")
        ) { try folder.open() }
    }
}
