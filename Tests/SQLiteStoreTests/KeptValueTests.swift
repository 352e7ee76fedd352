import GatewayKit
import Registry
import Testing

@testable import SQLiteStore

@Suite struct KeptValueTests {
    let folder: TemporaryFolder
    let registry: SQLiteStore

    init() throws {
        folder = try TemporaryFolder()
        registry = try folder.open()
    }

    private func keep(
        _ values: [String: String?], _ purpose: KeptValue.Purpose, at place: String = "", of user: UserID? = nil,
        on gateway: String = sms, _ seconds: Double = 0
    ) async {
        let change = Change.keepValues(
            values, for: purpose, place: place, of: user, gateway: gateway, at: time(seconds))
        #expect(await registry.commit(change) == .success(.done))
    }

    @Test("Values of a user are read with the user, and those of the gateway with the snapshot, each in their order")
    func reading() async throws {
        await keep(["b": "2", "a": "1"], .room, at: "#c", of: ann)
        await keep(["": "mark"], .greeting, at: "net", of: ann)
        await keep(["": "other"], .greeting, at: "net", of: bob)
        await keep(["sts b": "2", "sts a": "1"], .adapter)
        await keep(["sts c": "3"], .adapter, on: "irc.example.org")
        #expect(
            try await registry.readUser(ann).kept == [
                KeptValue(.greeting, place: "net", value: "mark"), KeptValue(.room, place: "#c", key: "a", value: "1"),
                KeptValue(.room, place: "#c", key: "b", value: "2"),
            ])
        #expect(try await registry.readUser(bob).kept == [KeptValue(.greeting, place: "net", value: "other")])
        let snapshot = try await registry.snapshot(gateway: sms)
        #expect(
            snapshot.kept == [
                KeptValue(.adapter, key: "sts a", value: "1"), KeptValue(.adapter, key: "sts b", value: "2"),
            ])
    }

    @Test("A value is replaced or removed by its key, and the others of its place stay")
    func replacing() async throws {
        await keep(["a": "1", "b": "2", "c": "3"], .room, at: "#c", of: ann)
        await keep(["a": "9", "b": nil, "d": nil], .room, at: "#c", of: ann)
        await keep(["c": nil], .room, at: "#other", of: ann)
        #expect(
            try await registry.readUser(ann).kept == [
                KeptValue(.room, place: "#c", key: "a", value: "9"),
                KeptValue(.room, place: "#c", key: "c", value: "3"),
            ])
    }

    @Test("Removing a user removes the values of that user on that gateway alone")
    func removal() async throws {
        for user in [ann, bob] { await keep(["a": "1"], .room, at: "#c", of: user) }
        await keep(["a": "1"], .room, at: "#c", of: ann, on: "irc.example.org")
        await keep(["sts a": "1"], .adapter)
        _ = await registry.commit(.removeUser(gateway: sms, ann, unique: [], at: time(0)))
        #expect(try await registry.readUser(ann).kept.isEmpty)
        #expect(try await registry.readUser(bob).kept.count == 1)
        #expect(try await registry.readUser(ann, on: "irc.example.org").kept.count == 1)
        #expect(try await registry.snapshot(gateway: sms).kept.count == 1)
    }

    @Test("Marks of greetings are forgotten after a year, and nothing else is")
    func pruning() async throws {
        let year = Double(Retention.greetings.components.seconds)
        await keep(["": "old"], .greeting, at: "old", of: ann)
        await keep(["": "new"], .greeting, at: "new", of: ann, 100)
        await keep(["a": "1"], .room, at: "#c", of: ann)
        await keep(["sts a": "1"], .adapter)
        _ = await registry.commit(.prune(now: time(year + 50)))
        #expect(try await registry.readUser(ann).kept.map(\.place) == ["new", "#c"])
        #expect(try await registry.snapshot(gateway: sms).kept.count == 1)
    }

    @Test("Values survive a restart")
    func restart() async throws {
        await keep(["a": "1"], .room, at: "#c", of: ann)
        await registry.close()
        let again = try folder.open()
        #expect(try await again.readUser(ann).kept == [KeptValue(.room, place: "#c", key: "a", value: "1")])
    }
}
