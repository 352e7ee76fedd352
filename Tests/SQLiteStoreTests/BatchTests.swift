import Foundation
import GatewayKit
import Registry
import Synchronization
import Testing

@testable import SQLiteStore

@Suite struct BatchTests {
    let folder: TemporaryFolder
    let registry: SQLiteStore

    init() throws {
        folder = try TemporaryFolder()
        registry = try folder.open()
    }

    @Test("A refused change does not affect the others of its group and writes nothing")
    func conflictInside() async throws {
        let outcome = try await registry.commitTogether([
            .saveAccount(account(ann, phone: "+15550100"), unique: ["phone"]),
            .saveAccount(account(bob, phone: "+15550100", password: "x"), unique: ["phone"]),
            .saveContact(ContactRecord(gateway: sms, user: bob, localpart: "")),
        ])
        #expect(outcome.outage == nil)
        #expect(outcome.replies == [.success(.done), .failure(.conflict(key: "phone")), .success(.done)])
        #expect(try await registry.snapshot(gateway: sms).accounts == [account(ann, phone: "+15550100")])
    }

    @Test("A broken constraint in the middle of a change undoes only that change")
    func constraint() async throws {
        try await registry.execute(
            """
            CREATE TRIGGER refuse BEFORE INSERT ON account_settings WHEN NEW.key = 'phone' AND NEW.user LIKE 'bob%'
            BEGIN SELECT RAISE(ABORT, 'not bob'); END
            """)
        let outcome = try await registry.commitTogether([
            .saveAccount(account(bob, phone: "+15550101"), unique: []),
            .saveAccount(account(ann, phone: "+15550100"), unique: []),
        ])
        #expect(outcome.outage == nil)
        #expect(throws: RegistryError.self) { try outcome.replies[0].get() }
        #expect(try await registry.snapshot(gateway: sms).accounts == [account(ann, phone: "+15550100")])
    }

    @Test("Ten thousand changes get their replies in the order of submission, and all are stored")
    func many() async throws {
        let replies = Mutex<[Int]>([])
        for number in 0..<10_000 {
            registry.submit(.appendOutbound(outbound("r\(number)"))) { result in
                if result == .success(.done) { replies.withLock { $0.append(number) } }
            }
        }
        await registry.flush()
        #expect(replies.withLock { $0 } == Array(0..<10_000))
        #expect(try await registry.count("outbound") == 10_000)
    }

    @Test("A reply can submit further changes")
    func nested() async throws {
        let result = await withCheckedContinuation { continuation in
            registry.submit(.appendOutbound(outbound("a"))) { [registry] _ in
                registry.submit(advance("a", to: .handing)) { continuation.resume(returning: $0) }
            }
        }
        #expect(result != .success(.outbound(nil)))
    }

    @Test("A snapshot contains every change submitted before it")
    func readAfterWrite() async throws {
        for number in 0..<1_200 { registry.submit(.appendOutbound(outbound("r\(number)"))) { _ in } }
        #expect(try await registry.snapshot(gateway: sms).outbound.count == 1_200)
    }

    @Test("Closing answers earlier changes, refuses later ones, and may be repeated")
    func closing() async throws {
        let answered = Mutex(0)
        for number in 0..<1_000 {
            registry.submit(.appendOutbound(outbound("r\(number)"))) { _ in answered.withLock { $0 += 1 } }
        }
        await registry.close()
        await registry.close()
        #expect(answered.withLock { $0 } == 1_000)
        #expect(await registry.commit(.prune(now: time(0))) == .failure(.unavailable("the registry is closed")))
        await #expect(throws: RegistryError.self) { try await registry.snapshot(gateway: sms) }
        let again = try folder.open()
        #expect(try await again.count("outbound") == 1_000)
    }
}

@Suite struct ChangeQueueTests {
    private func item(_ id: String) -> PendingChange { PendingChange(change: .finishInbound(ids: [id])) { _ in } }

    @Test("The queue wakes the writer once, and again only after the writer has found the queue empty")
    func waking() {
        var queue = ChangeQueue(limit: 9)
        #expect(queue.append(item("a")) == .wake)
        #expect(queue.append(item("b")) == .waiting)
        #expect(queue.take(9)?.count == 2)
        #expect(queue.append(item("c")) == .waiting)
        #expect(queue.take(9)?.count == 1)
        #expect(queue.take(9) == nil)
        #expect(queue.append(item("d")) == .wake)
    }

    @Test("A full queue refuses items until one has been taken; a closed queue refuses every item")
    func limits() {
        var queue = ChangeQueue(limit: 3)
        for id in ["a", "b", "c"] { #expect(queue.append(item(id)) != .full) }
        #expect(queue.append(item("d")) == .full)
        #expect(queue.take(1)?.count == 1)
        #expect(queue.append(item("d")) == .waiting)
        #expect(queue.append(item("e")) == .full)
        queue.isClosed = true
        #expect(queue.append(item("f")) == .closed)
        #expect(queue.count == 3)
    }

    @Test("Items come out in order, in groups of the requested size")
    func order() {
        var queue = ChangeQueue(limit: 1_000)
        for number in 0..<700 { _ = queue.append(item("\(number)")) }
        var groups: [Int] = []
        var seen: [Change] = []
        while let taken = queue.take(300) {
            groups.append(taken.count)
            seen += taken.map(\.change)
        }
        #expect(groups == [300, 300, 100])
        #expect(seen == (0..<700).map { .finishInbound(ids: ["\($0)"]) })
    }
}
