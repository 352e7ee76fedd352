import Foundation
import GRDB
import GatewayKit
import Registry
import Testing

@testable import SQLiteStore

@Suite struct OpeningTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("Only their owner can read the database and the files that SQLite puts beside it")
    func modes() async throws {
        let registry = try folder.open()
        _ = await registry.commit(.appendOutbound(outbound("a")))
        for suffix in ["", "-wal", "-shm", ".lock"] {
            #expect(try folder.mode(folder.database + suffix) == 0o600, "\(suffix)")
        }
    }

    @Test(
        "SQLite has the settings that the ledger needs",
        arguments: [("journal_mode", "wal"), ("synchronous", "2"), ("foreign_keys", "1"), ("secure_delete", "1")])
    func settings(pragma: String, value: String) async throws {
        let registry = try folder.open()
        #expect(try await registry.access { try String.fetchOne($0, sql: "PRAGMA \(pragma)") } == value)
    }

    @Test("Committed data is there after the next start")
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

    @Test("The lock covers the file under all its names: no other path starts a second Martlet")
    func names() async throws {
        let registry = try folder.open()
        let files = FileManager.default
        let (symbolic, hard) = (folder.path + "/symbolic.sqlite", folder.path + "/hard.sqlite")
        try files.createSymbolicLink(atPath: symbolic, withDestinationPath: folder.database)
        try files.linkItem(atPath: folder.database, toPath: hard)
        let other = try TemporaryFolder()
        try files.createSymbolicLink(atPath: other.path + "/link", withDestinationPath: folder.path)
        let paths = [symbolic, hard, other.path + "/link/registry.sqlite", folder.path + "/./registry.sqlite"]
        for path in paths {
            #expect(throws: RegistryError.unavailable("\(path) is in use by another Martlet")) {
                try SQLiteStore(path: path, keyFile: folder.key, logger: .silent)
            }
        }
        await registry.close()
        for path in paths { await (try SQLiteStore(path: path, keyFile: folder.key, logger: .silent)).close() }
    }

    @Test(
        "The registry does not open while another process locks its file, under whatever name",
        arguments: [true, false])
    func otherProcess(isHardLink: Bool) async throws {
        await (try folder.open()).close()
        let name = folder.path + "/other"
        if isHardLink { try FileManager.default.linkItem(atPath: folder.database, toPath: name) }
        // Two descriptors of one process conflict as two processes do.
        let descriptor = open(isHardLink ? name : folder.database + ".lock", O_RDWR)
        defer { close(descriptor) }
        #expect(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
        #expect(throws: RegistryError.unavailable("\(folder.database) is in use by another Martlet")) {
            try folder.open()
        }
        #expect(flock(descriptor, LOCK_UN) == 0)
        await (try folder.open()).close()
    }

    @Test("An emptied registry does not start anew while its key file exists")
    func emptied() async throws {
        let registry = try folder.open()
        // If the process is killed now, no empty file stays.
        #expect(try #require(FileStatus(of: folder.database)).size > 0)
        await registry.close()
        try Data().write(to: URL(fileURLWithPath: folder.database))
        #expect(
            throws: RegistryError.unavailable(
                "\(folder.database) is empty, but its key file \(folder.key) is there, so it has been a registry: "
                    + "restore it from a backup, or move the key file away to begin a new one")
        ) { try folder.open() }
        #expect(try #require(FileStatus(of: folder.database)).size == 0)
        try FileManager.default.removeItem(atPath: folder.key)
        await (try folder.open()).close()
    }

    @Test("An unusable path is reported with its remedy, before any file is opened")
    func paths() throws {
        let files = FileManager.default
        let fifo = folder.path + "/fifo"
        #expect(mkfifo(fifo, 0o600) == 0)
        try files.createDirectory(atPath: folder.path + "/folder", withIntermediateDirectories: false)
        try Data().write(to: URL(fileURLWithPath: folder.path + "/file"))
        let flaws = [
            "/etc": "is a folder: name the file in it, such as /etc/registry.sqlite",
            fifo: "is not a regular file", "/dev/null": "is not a regular file",
            "/nowhere/r.sqlite": "is in the folder /nowhere, which does not exist: create it",
            folder.path + "/file/r.sqlite": "is in \(folder.path)/file, which is no folder",
        ]
        for (path, flaw) in flaws {
            #expect(SQLiteStore.flaw(ofFile: path) == flaw)
            #expect(throws: RegistryError.unavailable("\(path) \(flaw)")) {
                try SQLiteStore(path: path, logger: .silent)
            }
        }
        #expect(SQLiteStore.flaw(ofFile: folder.database) == nil)
    }

    @Test(
        "A folder in which the process cannot write is reported",
        .enabled(if: getuid() != 0, "root can write to every folder"))
    func permissions() throws {
        try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: folder.path)
        defer { try? FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder.path) }
        #expect(SQLiteStore.flaw(ofFile: folder.database)?.contains("cannot create files") == true)
    }

    @Test("A file that is no database is reported")
    func unusable() throws {
        try Data(String(repeating: "not a database ", count: 100).utf8)
            .write(to: URL(fileURLWithPath: folder.database))
        #expect(throws: RegistryError.unavailable("\(folder.database) is not a SQLite database")) { try folder.open() }
    }

    @Test("A damaged file is reported at the start", arguments: [0, 1])
    func damaged(part: Int) async throws {
        let registry = try folder.open()
        for number in 0..<200 { _ = await registry.commit(.appendOutbound(outbound("\(number)"))) }
        try await registry.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        await registry.close()
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: folder.database))
        let size = try file.seekToEnd()
        // Part 0 damages the table of tables, which follows the header. Part 1 damages the pages after it.
        try file.seek(toOffset: part == 0 ? 100 : 4096)
        try file.write(contentsOf: Data(repeating: 0xA5, count: part == 0 ? 3_000 : Int(size) - 4096))
        try file.close()
        let error = await #expect(throws: RegistryError.self) {
            _ = try await folder.open().snapshot(gateway: sms)
        }
        #expect(error == .unavailable("\(folder.database) is damaged: restore it from a backup"))
    }

    @Test("A registry of a newer version does not open")
    func newer() async throws {
        let registry = try folder.open()
        try await registry.execute("INSERT INTO grdb_migrations VALUES ('v999')")
        await registry.close()
        #expect(
            throws: RegistryError.unavailable(
                "\(folder.database) was written by a newer Martlet: run that version, or restore a backup")
        ) { try folder.open() }
    }
}
