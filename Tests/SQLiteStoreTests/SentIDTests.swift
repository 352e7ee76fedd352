import GatewayKit
import Registry
import Testing

@testable import SQLiteStore

@Suite("Ids of a user's latest messages")
struct SentIDTests {
    let folder: TemporaryFolder
    let registry: SQLiteStore

    init() throws {
        folder = try TemporaryFolder()
        registry = try folder.open()
    }

    @Test("a user has the ids of the newest messages that have not failed, and of no other user")
    func newest() async throws {
        for number in 0..<70 {
            var entry = outbound("o\(number)", at: Double(number))
            entry.originID = "m\(number)"
            _ = await registry.commit(.appendOutbound(entry))
        }
        for (id, state) in [("failed", OutboundEntry.State.failed), ("unknown", .unknown)] {
            _ = await registry.commit(.appendOutbound(outbound(id, state: state, at: 80)))
        }
        _ = await registry.commit(.appendOutbound(outbound("other", user: bob, at: 90)))
        let sent = try await registry.readUser(ann).sent
        #expect(sent.map(\.originID) == (6..<70).reversed().map { "m\($0)" })
        #expect(sent.first == UserRecord.SentID(originID: "m69", recipient: "+15550123@\(sms)", at: time(69)))
        #expect(try await registry.readUser(bob).sent.count == 1)
    }
}
