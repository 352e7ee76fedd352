import Foundation
import GRDB
import GatewayKit
import Registry
import Synchronization
import Testing

@testable import SQLiteStore

@Suite("Unique values")
struct UniqueValueTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Records which users have got each value.
    private final class Winners: Sendable {
        private let users = Mutex<[String: [UserID]]>([:])

        var all: [String: [UserID]] { users.withLock { $0 } }

        func add(_ user: UserID, of value: String) { users.withLock { $0[value, default: []].append(user) } }
    }

    @Test("If two writers on one file claim the same value, one of them gets it, however their statements interleave")
    func twoWriters() async throws {
        let numbers = (0..<60).map { "+1555\($0)" }
        let pools = try [ann, bob].map {
            ($0, try Schema.open(path: folder.database, busyTimeout: .seconds(20), logger: .silent))
        }
        let seal = try Seal(keyFile: folder.key, isInUse: false)
        let winners = Winners()
        await withTaskGroup { group in
            for (user, pool) in pools {
                group.addTask {
                    for number in numbers {
                        // Without a transaction around a claim, the two writers can take turns between its statements.
                        let winner = try? await pool.writeWithoutTransaction { db in
                            let transaction = Transaction(
                                db: db, seal: seal, unreadable: UnreadableAccounts(logger: .silent))
                            try transaction.takeUniqueValues(
                                ["phone"], of: account(user, phone: number), UniqueValueTerms())
                            return user
                        }
                        if let winner { winners.add(winner, of: number) }
                    }
                }
            }
        }
        #expect(winners.all.values.allSatisfy { $0.count == 1 } && winners.all.count == numbers.count)
    }

    @Test("A value has an owner until a change of any kind gives it up")
    func owner() async throws {
        let registry = try folder.open()
        func owner(_ phone: String, on gateway: String = sms) async throws -> UserID? {
            try await registry.read(UniqueValueOwner(gateway: gateway, UniqueValue("phone", phone)))
        }
        func save(_ user: UserID, _ phone: String, network: NetworkID? = nil) async {
            _ = await registry.commit(.saveAccount(account(user, phone: phone, network: network), unique: ["phone"]))
        }
        await save(ann, "+1")
        #expect(try await owner("+1") == ann)
        #expect(try await owner("+2") == nil)
        #expect(try await owner("+1", on: "irc.example.org") == nil)
        await save(ann, "+1", network: kannel)
        await save(ann, "+2")
        // The settings for the network still contain the value.
        #expect(try await owner("+1") == ann)
        #expect(try await owner("+2") == ann)
        _ = await registry.commit(.removeAccount(gateway: sms, ann, network: kannel, unique: ["phone"], at: time(0)))
        #expect(try await owner("+1") == nil)
        await save(bob, "+1")
        #expect(try await owner("+1") == bob)
        _ = await registry.commit(.removeUser(gateway: sms, ann, unique: ["phone"], at: time(0)))
        #expect(try await owner("+2") == nil)
        #expect(try await owner("+1") == bob)
    }

    @Test("Users with a value that the operator has given to another user are named, each once")
    func misplaced() async throws {
        let registry = try folder.open()
        for (user, phone, network) in [(ann, "+1", nil), (ann, "+2", kannel), (bob, "+3", nil)] {
            _ = await registry.commit(.saveAccount(account(user, phone: phone, network: network), unique: ["phone"]))
        }
        let assignments = ["+1": bob, "+2": bob, "+3": bob, "+4": ann]
        let byValue = Dictionary(uniqueKeysWithValues: assignments.map { (UniqueValue("phone", $0), $1) })
        #expect(try await registry.read(MisplacedValues(gateway: sms, assignments: byValue)) == [ann])
        #expect(try await registry.read(MisplacedValues(gateway: "irc.example.org", assignments: byValue)) == [])
    }

    @Test("A value that a refused change has claimed stays free")
    func refusal() async throws {
        let registry = try folder.open()
        _ = await registry.commit(.saveAccount(account(ann, phone: "+1"), unique: ["phone"]))
        let both = AccountRecord(gateway: sms, user: bob, network: nil, settings: ["fax": "+9", "phone": "+1"])
        #expect(
            await registry.commit(.saveAccount(both, unique: ["fax", "phone"])) == .failure(.conflict(key: "phone")))
        #expect(try await registry.read(UniqueValueOwner(gateway: sms, UniqueValue("fax", "+9"))) == nil)
    }
}
