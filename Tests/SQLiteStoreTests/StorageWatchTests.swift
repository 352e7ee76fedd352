import Foundation
import GRDB
import GatewayKit
import Registry
import Synchronization
import Testing

@testable import SQLiteStore

@Suite("Watching whether the registry can be written")
struct StorageWatchTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Records the calls of the watch. The test decides when time passes and whether the disk looks full.
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
                schedule: { [self] pause, work in
                    #expect(pause == StorageWatch.pause)
                    waiting.withLock { $0.append(work) }
                })
        }

        func now() -> ContinuousClock.Instant { time.withLock { $0 } }

        /// Ends the pause, and waits for the check that then begins.
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

    @Test("The watch reports a registry that is deleted while in use, and reports that it works when it is back")
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

    @Test("The watch reports a full disk, and reports room again even if nobody writes")
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

    @Test("The watch reports a disk that fills up while nobody writes, before the first message")
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

    @Test("The disk counts as full while there is room for small changes, but not for large ones")
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

    @Test("The first change that finds room ends the outage at once")
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

    @Test("A closed registry does not check the disk")
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
