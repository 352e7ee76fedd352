import Foundation
import GatewayKit
import Registry
import Synchronization
import Testing

@testable import SQLiteStore

@Suite("Reads and their order")
struct ReadingTests {
    let folder: TemporaryFolder
    let registry: SQLiteStore

    init() throws {
        folder = try TemporaryFolder()
        registry = try folder.open()
    }

    @Test("A read is answered while the writer is busy, and sees committed changes, but no waiting ones")
    func besideWriter() async throws {
        let contact = ContactRecord(gateway: sms, user: ann, localpart: "")
        _ = await registry.commit(.saveContact(contact))
        let release = DispatchSemaphore(value: 0)
        await withCheckedContinuation { started in
            registry.submit(.reported([])) { _ in
                started.resume()
                release.wait()
            }
        }
        registry.submit(.removeContact(contact)) { _ in }
        #expect(try await registry.readUser(ann).contacts == [contact])
        release.signal()
        await registry.flush()
        #expect(try await registry.readUser(ann).contacts == [])
    }

    @Test("After the reply to a change, every new read sees the change")
    func afterReply() async throws {
        for number in 0..<200 {
            let contact = ContactRecord(gateway: sms, user: ann, localpart: "\(number)")
            let seen = await withCheckedContinuation { continuation in
                registry.submit(.saveContact(contact)) { [registry] _ in
                    registry.readUser(gateway: sms, user: ann) { continuation.resume(returning: $0) }
                }
            }
            #expect(try seen.get().contacts.contains(contact))
        }
    }

    @Test("Closing waits for earlier reads and refuses later ones")
    func closing() async throws {
        let answers = Mutex(0)
        for _ in 0..<1_000 {
            registry.readUser(gateway: sms, user: ann) { result in
                if case .success = result { answers.withLock { $0 += 1 } }
            }
        }
        await registry.close()
        #expect(answers.withLock { $0 } == 1_000)
        await #expect(throws: RegistryError.closed) { try await registry.readUser(ann) }
    }

    @Test("A query whose type its caller does not know is answered like any other")
    func erased() async throws {
        _ = await registry.commit(.saveContact(ContactRecord(gateway: sms, user: ann, localpart: "")))
        let queries: [any StoreQuery] = [
            UserQuery(gateway: sms, user: ann), UniqueValueOwner(gateway: sms, UniqueValue("phone", "1")),
        ]
        for query in queries {
            let answer = await withCheckedContinuation { continuation in
                registry.readAny(query) { continuation.resume(returning: $0) }
            }
            switch query {
            case is UserQuery: #expect((try answer.get() as? UserRecord)?.contacts.count == 1)
            default: #expect((try answer.get() as? UserID?) == .some(nil))
            }
        }
    }

    @Test("A read of a damaged file fails with an explanation, and the next read works once the file is mended")
    func unreadable() async throws {
        try await registry.execute("ALTER TABLE contacts RENAME TO elsewhere")
        let error = await #expect(throws: RegistryError.self) { try await registry.readUser(ann) }
        #expect(error?.description.contains("no such table") == true)
        try await registry.execute("ALTER TABLE elsewhere RENAME TO contacts")
        #expect(try await registry.readUser(ann) == UserRecord(user: ann))
    }

    @Test("Reads beyond the limit are refused at once, and closing runs its work when the last read has ended")
    func counting() {
        var count = ReadCount(limit: 2)
        #expect(count.begin() == .admitted)
        #expect(count.begin() == .admitted)
        #expect(count.begin() == .full)
        #expect(count.end() == nil)
        #expect(count.begin() == .admitted)
        let closed = Mutex(0)
        #expect(!count.close { closed.withLock { $0 += 1 } })
        #expect(count.begin() == .closed)
        #expect(count.end() == nil)
        count.end()?()
        #expect(closed.withLock { $0 } == 1)
        #expect(count.close {})
    }

    private struct Unknown: StoreQuery, StoreChange {
        typealias Answer = Int?
    }

    @Test("A change or query that no concern has registered is refused with the name of its type")
    func unknown() async throws {
        let words = RegistryError.unavailable("this registry does not know Unknown")
        #expect(await registry.commit(.other(AnyChange(Unknown()))) == .failure(words))
        await #expect(throws: words) { try await registry.read(Unknown()) }
    }
}
