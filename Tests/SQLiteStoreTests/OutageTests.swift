import Foundation
import GRDB
import GatewayKit
import Registry
import Testing

@testable import SQLiteStore

@Suite struct OutageTests {
    let folder: TemporaryFolder
    let lines = LogLines()

    init() throws { folder = try TemporaryFolder() }

    /// Opens the registry without its check every five seconds, which could fall between two steps of a test.
    private func open() throws -> SQLiteStore {
        try SQLiteStore(
            path: folder.database, busyTimeout: .milliseconds(1), logger: lines.logger,
            watch: StorageWatch(onChange: { _ in }, isProbeDue: { _ in false }, schedule: { _, _ in }))
    }

    private func long(_ id: String) -> Change {
        var entry = outbound(id)
        entry.text = String(repeating: "x", count: 100_000)
        return .appendOutbound(entry)
    }

    @Test("A full disk fails every change of a group and is logged once; writing works again when there is room")
    func diskFull() async throws {
        let registry = try open()
        try await registry.execute("PRAGMA max_page_count = 60")
        let outcome = try await registry.commitTogether([.appendOutbound(outbound("a")), long("b"), long("c")])
        let full = RegistryError.unavailable("the disk is full: make room for \(folder.database)")
        #expect(outcome.outage == full)
        #expect(outcome.replies == [.failure(full), .failure(full), .failure(full)])
        #expect(try await registry.count("outbound") == 0)
        for id in ["d", "e"] {
            _ = await registry.commit(long(id))
            #expect(await registry.commit(long(id + "+")) == .failure(full))
        }
        try await registry.execute("PRAGMA max_page_count = 1000000")
        #expect(await registry.commit(long("f")) == .success(.done))
        #expect(await registry.commit(.appendOutbound(outbound("g"))) == .success(.done))
        await registry.flush()
        #expect(
            lines.all == [
                "error the registry cannot be written", "notice the registry can be written again",
            ])
    }

    @Test("A file that another program has locked is unavailable until the program unlocks it")
    func locked() async throws {
        let registry = try open()
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let other = try DatabaseQueue(path: folder.database, configuration: configuration)
        try await other.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
        #expect(
            await registry.commit(.appendOutbound(outbound("a")))
                == .failure(.unavailable("\(folder.database) is locked by another program")))
        try await other.writeWithoutTransaction { try $0.execute(sql: "COMMIT") }
        #expect(await registry.commit(.appendOutbound(outbound("a"))) == .success(.done))
    }

    @Test("A read-only file is unavailable until it is writable again")
    func readOnly() async throws {
        let registry = try open()
        try await registry.execute("PRAGMA query_only = ON")
        let result = await registry.commit(.appendOutbound(outbound("a")))
        guard case .failure(.unavailable(let words)) = result else {
            Issue.record("\(result)")
            return
        }
        #expect(words.contains("not writable"))
        try await registry.execute("PRAGMA query_only = OFF")
        #expect(await registry.commit(.appendOutbound(outbound("a"))) == .success(.done))
    }

    @Test("If the disk is full in the middle of a group with a refused change, all changes fail and none is stored")
    func diskFullAfterRefusal() async throws {
        let registry = try open()
        _ = await registry.commit(.appendOutbound(outbound("a")))
        try await registry.execute("PRAGMA max_page_count = 60")
        let outcome = try await registry.commitTogether([
            .appendOutbound(outbound("a")), .appendOutbound(outbound("b")), long("c"), long("d"), long("e"),
        ])
        let full = RegistryError.unavailable("the disk is full: make room for \(folder.database)")
        #expect(outcome.outage == full)
        #expect(outcome.replies == Array(repeating: .failure(full), count: 5))
        #expect(try await registry.count("outbound") == 1)
        try await registry.execute("PRAGMA max_page_count = 1000000")
        let again = try await registry.commitTogether([.appendOutbound(outbound("a")), long("c")])
        #expect(again.replies == [.failure(.conflict(key: "id")), .success(.done)])
    }

    @Test("All refusals of a full disk give one line in the log")
    func loggedOnce() async throws {
        let registry = try open()
        try await registry.execute("PRAGMA max_page_count = 60")
        _ = await registry.commit(long("first"))
        for number in 0..<50 {
            #expect(await registry.commit(long("\(number)")) != .success(.done))
        }
        #expect(lines.all == ["error the registry cannot be written"])
    }

    @Test("An entry can move to its next state even if the disk is full")
    func emptying() async throws {
        let registry = try open()
        for number in 0..<3 { _ = await registry.commit(.appendOutbound(outbound("\(number)"))) }
        let pages = try await registry.access { try Int.fetchOne($0, sql: "PRAGMA page_count") ?? 0 }
        try await registry.execute("PRAGMA max_page_count = \(pages)")
        let id = outbound("1").id
        for state in [OutboundEntry.State.handing, .accepted, .delivered] {
            let reply = await registry.commit(.advance(id, to: state, at: outbound("1").updatedAt))
            guard case .success(.outbound(let entry?)) = reply else {
                Issue.record("\(state): \(reply)")
                return
            }
            #expect(entry.state == state)
        }
    }

    @Test("A disk that has room only now and then is reported once a minute, with the number of refused changes")
    func flapping() {
        var outage = Outage()
        let full = RegistryError.unavailable("full")
        let start = ContinuousClock.now
        #expect(outage.update(full, changes: 1, now: start) == .began(full))
        #expect(outage.update(nil, changes: 1, now: start) == .ended(refused: 1))
        for second in 1..<60 {
            #expect(outage.update(full, changes: 2, now: start + .seconds(second)) == .none)
            #expect(outage.update(nil, changes: 1, now: start + .seconds(second)) == .none)
        }
        let minute = start + .seconds(60)
        #expect(outage.update(full, changes: 1, now: minute) == .began(full))
        #expect(outage.update(full, changes: 1, now: minute) == .none)
        #expect(outage.update(nil, changes: 1, now: minute) == .ended(refused: 120))
    }
}
