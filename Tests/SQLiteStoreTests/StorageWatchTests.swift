import Foundation
import GRDB
import GatewayKit
import Registry
import Synchronization
import Testing

@testable import SQLiteStore

@Suite("Whether the registry can be written is known")
struct StorageWatchTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// What was heard, time that comes when it is told to, and a disk that looks full or not.
    private final class Surroundings: Sendable {
        private let heard = Mutex<[String]>([])
        private let waiting = Mutex<[@Sendable () -> Void]>([])
        private let time = Mutex(ContinuousClock.now)
        let looksFull = Mutex(false)

        var all: [String] { heard.withLock { $0 } }

        var watch: StorageWatch {
            StorageWatch(
                onChange: { [self] reason in heard.withLock { $0.append(reason?.description ?? "works") } },
                isProbeDue: { [self] _ in looksFull.withLock { $0 } },
                later: { [self] pause, work in
                    #expect(pause == StorageWatch.pause)
                    waiting.withLock { $0.append(work) }
                })
        }

        func now() -> ContinuousClock.Instant { time.withLock { $0 } }

        /// Lets the pause end and waits for what it starts.
        func pass(_ registry: SQLiteStore) async {
            time.withLock { $0 += StorageWatch.pause }
            let due = waiting.withLock { waiting in
                defer { waiting = [] }
                return waiting
            }
            due.forEach { $0() }
            await registry.flush()
        }
    }

    private func open(_ surroundings: Surroundings) throws -> SQLiteStore {
        try SQLiteStore(
            path: folder.database, busyTimeout: .milliseconds(1), logger: .silent, now: { surroundings.now() },
            watch: surroundings.watch)
    }

    private func fill(_ registry: SQLiteStore, leaving pages: Int = 0) async throws {
        let count = try await registry.access { try Int.fetchOne($0, sql: "PRAGMA page_count") ?? 0 }
        try await registry.execute("PRAGMA max_page_count = \(count + pages)")
    }

    private func long(_ id: String) -> Change {
        var entry = outbound(id)
        entry.text = String(repeating: "x", count: 100_000)
        return .appendOutbound(entry)
    }

    @Test("A registry that is deleted while in use is heard of, and works again when it is back")
    func deletion() async throws {
        let surroundings = Surroundings()
        let registry = try open(surroundings)
        #expect(!WriteProbe.isDue(folder.database))
        let aside = folder.database + ".aside"
        try FileManager.default.moveItem(atPath: folder.database, toPath: aside)
        #expect(WriteProbe.isDue(folder.database))
        surroundings.looksFull.withLock { $0 = true }
        await surroundings.pass(registry)
        #expect(surroundings.all.count == 1 && surroundings.all.first?.contains("deleted or moved away") == true)
        try FileManager.default.moveItem(atPath: aside, toPath: folder.database)
        surroundings.looksFull.withLock { $0 = false }
        await surroundings.pass(registry)
        #expect(surroundings.all.last == "works")
    }

    @Test("A disk that is full is heard of, and when it has room again without anybody writing, that too")
    func recovery() async throws {
        let surroundings = Surroundings()
        let registry = try open(surroundings)
        try await fill(registry)
        _ = await registry.commit(long("a"))
        let full = "the disk is full: make room for \(folder.database)"
        #expect(surroundings.all == [full])
        await surroundings.pass(registry)
        #expect(surroundings.all == [full])
        try await registry.execute("PRAGMA max_page_count = 1000000")
        await surroundings.pass(registry)
        #expect(surroundings.all == [full, "works"])
        #expect(try await registry.count("sqlite_schema WHERE name LIKE '%probe%'") == 0)
    }

    @Test("A disk that gets full while nobody writes is heard of before the first message")
    func beforeAnyMessage() async throws {
        let surroundings = Surroundings()
        let registry = try open(surroundings)
        try await fill(registry)
        await surroundings.pass(registry)
        #expect(surroundings.all == [])
        surroundings.looksFull.withLock { $0 = true }
        await surroundings.pass(registry)
        #expect(surroundings.all == ["the disk is full: make room for \(folder.database)"])
    }

    @Test("While small changes find room and large ones do not, the disk counts as full")
    func nearlyFull() async throws {
        let surroundings = Surroundings()
        let registry = try open(surroundings)
        try await fill(registry, leaving: 3)
        _ = await registry.commit(long("a"))
        #expect(await registry.commit(.appendOutbound(outbound("b"))) == .success(.done))
        await surroundings.pass(registry)
        #expect(await registry.commit(.appendOutbound(outbound("c"))) == .success(.done))
        #expect(surroundings.all == ["the disk is full: make room for \(folder.database)"])
        try await registry.execute("PRAGMA max_page_count = 1000000")
        await surroundings.pass(registry)
        #expect(surroundings.all.last == "works")
    }

    @Test("The change that finds the disk with room again ends it at once")
    func byTraffic() async throws {
        let surroundings = Surroundings()
        let registry = try open(surroundings)
        try await fill(registry)
        _ = await registry.commit(long("a"))
        try await registry.execute("PRAGMA max_page_count = 1000000")
        _ = await registry.commit(long("b"))
        await registry.flush()
        #expect(surroundings.all.last == "works")
    }

    @Test("A closed registry looks no more")
    func closed() async throws {
        let surroundings = Surroundings()
        let registry = try open(surroundings)
        await registry.close()
        surroundings.looksFull.withLock { $0 = true }
        await surroundings.pass(registry)
        await surroundings.pass(registry)
        #expect(surroundings.all == [])
    }
}
