import Foundation
import GRDB
import GatewayKit
import Registry
import Testing

@testable import SQLiteStore

@Suite struct SealTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("The files do not contain a sealed value as plain text, but they contain other values")
    func invisible() async throws {
        let registry = try folder.open()
        let record = account(ann, phone: "+15550100", password: "correct horse battery staple")
        _ = await registry.commit(.saveAccount(record, unique: []))
        let before = try folder.allBytes()
        #expect(before.range(of: Data("+15550100".utf8)) != nil)
        #expect(before.range(of: Data("battery".utf8)) == nil)
        await registry.close()
        #expect(try folder.allBytes().range(of: Data("battery".utf8)) == nil)
        #expect(try await folder.open().snapshot(gateway: sms).accounts == [record])
    }

    @Test("The files no longer contain the text of a message that has ended")
    func emptied() async throws {
        let registry = try folder.open()
        _ = await registry.commit(.appendOutbound(outbound("a")))
        #expect(try folder.allBytes().range(of: Data("Tide at six".utf8)) != nil)
        _ = await registry.commit(advance("a", to: .failed))
        await registry.close()
        #expect(try folder.allBytes().range(of: Data("Tide at six".utf8)) == nil)
    }

    @Test("The files keep the ids of a message that the XMPP server has, but not its text and name")
    func emptiedInbound() async throws {
        let registry = try folder.open()
        var entry = inbound("in-1", key: "main/SM1")
        (entry.displayName, entry.text) = ("Benjamin the miller", "Ahoy from the pier")
        _ = await registry.commit(.appendInbound(entry))
        #expect(try folder.allBytes().range(of: Data("Ahoy from the pier".utf8)) != nil)
        _ = await registry.commit(.finishInbound(ids: ["in-1"]))
        await registry.close()
        let bytes = try folder.allBytes()
        #expect(bytes.range(of: Data("Ahoy from the pier".utf8)) == nil)
        #expect(bytes.range(of: Data("Benjamin the miller".utf8)) == nil)
        #expect(bytes.range(of: Data("main/SM1".utf8)) != nil)
    }

    @Test("The first start creates a key of 32 bytes that only the owner can read, and the next start uses it")
    func creation() async throws {
        await (try folder.open()).close()
        let key = try Data(contentsOf: URL(fileURLWithPath: folder.key))
        #expect(key.count == 32)
        #expect(try folder.mode(folder.key) == 0o600)
        await (try folder.open()).close()
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.key)) == key)
    }

    @Test("The key file may be at another path, if the configuration names it")
    func elsewhere() throws {
        let other = folder.path + "/elsewhere.key"
        _ = try SQLiteStore(path: folder.database, keyFile: other, logger: .silent)
        #expect(FileManager.default.fileExists(atPath: other))
        #expect(!FileManager.default.fileExists(atPath: folder.key))
    }

    @Test("A key file that others can read is refused", arguments: [0o640, 0o604, 0o660, 0o644])
    func readable(mode: Int) async throws {
        await (try folder.open()).close()
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: folder.key)
        #expect(
            throws: RegistryError.unavailable(
                "the key file \(folder.key) can be read by others: chmod 600 \(folder.key)")
        ) { try folder.open() }
    }

    @Test("A key file of another length is refused", arguments: [0, 31, 33, 64])
    func length(count: Int) throws {
        try Data(count: count).write(to: URL(fileURLWithPath: folder.key))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: folder.key)
        #expect(throws: RegistryError.self) { try folder.open() }
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.key)).count == count)
    }

    @Test("A missing key file is created again only if there are no sealed values")
    func missing() async throws {
        let registry = try folder.open()
        await registry.close()
        try FileManager.default.removeItem(atPath: folder.key)
        let second = try folder.open()
        _ = await second.commit(.saveAccount(account(ann, phone: "1", password: "x"), unique: []))
        await second.close()
        try FileManager.default.removeItem(atPath: folder.key)
        #expect(
            throws: RegistryError.unavailable(
                "the key file \(folder.key) is missing, but the registry holds secrets sealed with it")
        ) { try folder.open() }
        #expect(!FileManager.default.fileExists(atPath: folder.key))
    }

    @Test("A wrong key is reported at the start")
    func wrong() async throws {
        let registry = try folder.open()
        _ = await registry.commit(.saveAccount(account(ann, phone: "1", password: "x"), unique: []))
        await registry.close()
        try Data(repeating: 7, count: 32).write(to: URL(fileURLWithPath: folder.key), options: [])
        #expect(
            throws: RegistryError.unavailable(
                "no sealed secret opens: \(folder.key) is not the key they were sealed with; restore it from a backup")
        ) { try folder.open() }
    }

    @Test("If one secret does not open, only its account is left out; the log names it, and it is not deleted")
    func oneBroken() async throws {
        let registry = try folder.open()
        let whole = account(bob, phone: "+15550101", password: "b")
        _ = await registry.commit(.saveAccount(account(ann, phone: "+15550100", password: "a"), unique: ["phone"]))
        _ = await registry.commit(.saveAccount(whole, unique: ["phone"]))
        for user in [ann, bob] { _ = await registry.commit(.appendOutbound(outbound("to-\(user)", user: user))) }
        let damage = "UPDATE account_settings SET sealed = zeroblob(40) WHERE user = '\(ann)' AND sealed IS NOT NULL"
        try await registry.execute(damage)
        await registry.close()

        let lines = LogLines()
        let second = try folder.open(logger: lines.logger)
        let snapshot = try await second.snapshot(gateway: sms)
        #expect(snapshot.accounts == [whole])
        #expect(snapshot.outbound.map(\.account.user) == [bob])
        #expect(lines.all == ["error an account is left out, because one of its secrets does not open"])
        // The user still owns the number and the message. A new registration makes both usable again.
        let other = account(UserID("eve@example.org"), phone: "+15550100")
        #expect(await second.commit(.saveAccount(other, unique: ["phone"])) == .failure(.conflict(key: "phone")))
        let again = account(ann, phone: "+15550100", password: "new")
        #expect(await second.commit(.saveAccount(again, unique: ["phone"])) == .success(.done))
        #expect(try await second.snapshot(gateway: sms).accounts == [again, whole])
        #expect(try await second.snapshot(gateway: sms).outbound.count == 2)
    }

    @Test("A key file that is a FIFO, a folder or a device is reported, and does not block the start")
    func oddKeyFile() async throws {
        await (try folder.open()).close()
        try FileManager.default.removeItem(atPath: folder.key)
        #expect(mkfifo(folder.key, 0o600) == 0)
        let words = "a file of 32 bytes is expected there"
        #expect(throws: RegistryError.unavailable("the key file \(folder.key) is no regular file: \(words)")) {
            try folder.open()
        }
        #expect(throws: RegistryError.unavailable("the key file \(folder.path) is a folder: \(words)")) {
            try SQLiteStore(path: folder.database, keyFile: folder.path, logger: .silent)
        }
        #expect(throws: RegistryError.unavailable("the key file /dev/zero is no regular file: \(words)")) {
            try SQLiteStore(path: folder.database, keyFile: "/dev/zero", logger: .silent)
        }
    }
}
