import Foundation
import GatewayKit
import Registry
import Testing

@testable import SQLiteStore

@Suite("Copies of a registry in use")
struct RegistryCopyTests {
    private let folder: TemporaryFolder
    private var copy: String { folder.path + "/copy.sqlite" }

    init() throws { folder = try TemporaryFolder() }

    @Test("Everything that was committed before the copy is in it, while others write, and secrets can be unsealed")
    func underWrites() async throws {
        let registry = try folder.open()
        let record = account(ann, phone: "+15550100", password: "hunter2")
        _ = await registry.commit(.saveAccount(record, unique: ["phone"]))
        for number in 0..<200 { _ = await registry.commit(.appendOutbound(outbound("before-\(number)"))) }
        let (path, target) = (folder.database, copy)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for number in 0..<500 { _ = await registry.commit(.appendOutbound(outbound("during-\(number)"))) }
            }
            group.addTask { try RegistryCopy.make(of: path, to: target) }
            try await group.waitForAll()
        }
        #expect(try await registry.count("outbound") == 700)
        await registry.close()

        // A fresh place gets the copy and the key file, and nothing else.
        let fresh = try TemporaryFolder()
        try FileManager.default.copyItem(atPath: copy, toPath: fresh.database)
        try FileManager.default.copyItem(atPath: folder.key, toPath: fresh.key)
        let restored = try fresh.open()
        #expect(try await restored.snapshot(gateway: sms).accounts == [record])
        let ids = Set(try await restored.snapshot(gateway: sms).outbound.map(\.id.rawValue))
        #expect(Set((0..<200).map { "before-\($0)" }).isSubset(of: ids))
        // The copy is one moment: it has the first ones of the later entries, without a gap.
        let later = ids.count - 200
        #expect(ids.isSuperset(of: (0..<later).map { "during-\($0)" }))
        await restored.close()
    }

    @Test("Only its owner can read the copy, and no other file stays beside it")
    func mode() async throws {
        let registry = try folder.open()
        _ = await registry.commit(.appendOutbound(outbound("a")))
        let target = try TemporaryFolder()
        try RegistryCopy.make(of: folder.database, to: target.path + "/copy")
        #expect(try target.mode(target.path + "/copy") == 0o600)
        #expect(try FileManager.default.contentsOfDirectory(atPath: target.path) == ["copy"])
        await registry.close()
    }

    @Test("A file that is there is not overwritten, and a missing registry is named")
    func refusals() async throws {
        let registry = try folder.open()
        try Data("mine".utf8).write(to: URL(fileURLWithPath: copy))
        let there = #expect(throws: RegistryError.self) { try RegistryCopy.make(of: folder.database, to: copy) }
        #expect(there?.description.contains("never overwritten") == true)
        #expect(try String(contentsOfFile: copy, encoding: .utf8) == "mine")
        let missing = #expect(throws: RegistryError.self) { try RegistryCopy.make(of: "/nowhere/r", to: copy + "2") }
        #expect(missing?.description.hasPrefix("/nowhere/r is no registry") == true)
        #expect(throws: RegistryError.self) { try RegistryCopy.make(of: folder.database, to: "/nowhere/copy") }
        await registry.close()
    }

    @Test("A damaged registry gives no copy")
    func damaged() async throws {
        let registry = try folder.open()
        for number in 0..<200 { _ = await registry.commit(.appendOutbound(outbound("\(number)"))) }
        await registry.close()
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: folder.database))
        let size = try file.seekToEnd()
        try file.seek(toOffset: 4096)
        try file.write(contentsOf: Data(repeating: 0xA5, count: Int(size) - 4096))
        try file.close()
        #expect(throws: RegistryError.self) { try RegistryCopy.make(of: folder.database, to: copy) }
        #expect(!FileManager.default.fileExists(atPath: copy))
        #expect(!FileManager.default.fileExists(atPath: copy + ".partial"))
    }
}

@Suite("Checks before a start")
struct StartCheckTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("A registry of this version is right, in use or not")
    func present() async throws {
        #expect(SQLiteStore.flaw(ofStartWith: folder.database) == nil)
        let registry = try folder.open()
        #expect(SQLiteStore.isInUse(folder.database))
        #expect(SQLiteStore.flaw(ofStartWith: folder.database) == nil)
        await registry.close()
        #expect(!SQLiteStore.isInUse(folder.database))
        #expect(SQLiteStore.flaw(ofStartWith: folder.database) == nil)
        #expect(!SQLiteStore.isOfOlderVersion(folder.database))
    }

    @Test("A newer registry is refused, and an older one is told")
    func versions() async throws {
        let registry = try folder.open()
        try await registry.execute("INSERT INTO grdb_migrations VALUES ('v999')")
        await registry.close()
        #expect(SQLiteStore.flaw(ofStartWith: folder.database)?.contains("by a newer Martlet") == true)
        let older = try TemporaryFolder()
        let old = try older.open()
        try await old.execute("DELETE FROM grdb_migrations WHERE identifier = 'v10'")
        await old.close()
        #expect(SQLiteStore.flaw(ofStartWith: older.database) == nil)
        #expect(SQLiteStore.isOfOlderVersion(older.database))
    }

    @Test("A missing folder and a file that is no database are reported")
    func unusable() throws {
        #expect(SQLiteStore.flaw(ofStartWith: "/nowhere/r.sqlite")?.contains("does not exist: create it") == true)
        try Data(String(repeating: "not a database ", count: 100).utf8)
            .write(to: URL(fileURLWithPath: folder.database))
        #expect(SQLiteStore.flaw(ofStartWith: folder.database)?.contains("is not a SQLite database") == true)
    }

    @Test("A key file that others can read is reported")
    func keyFile() throws {
        #expect(SQLiteStore.flaw(ofStartWithKeyFile: folder.key) == nil)
        try Data(repeating: 1, count: 32).write(to: URL(fileURLWithPath: folder.key))
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: folder.key)
        #expect(SQLiteStore.flaw(ofStartWithKeyFile: folder.key) == "can be read by others: chmod 600 \(folder.key)")
    }
}
