import GatewayKit
import Registry
import Testing

@testable import SQLiteStore

@Suite("Files of messages in the ledger")
struct StoredFileTests {
    private let registry: SQLiteStore
    private let folder: TemporaryFolder
    private let file = File(
        at: "https://x.example/a.png", mediaType: "image/png", size: 7, caption: "look \"here\"", name: "a.png")

    init() throws {
        folder = try TemporaryFolder()
        registry = try folder.open()
    }

    @Test("The file of a message to the network stays until the network has the message")
    func outboundFile() async throws {
        var entry = outbound("m1")
        entry.file = file
        _ = await registry.commit(.appendOutbound(entry))
        #expect(try await registry.outbound(id: entry.id) == entry)
        _ = await registry.commit(advance("m1", to: .handing))
        #expect(try await registry.outbound(id: entry.id)?.file == file)
        _ = await registry.commit(advance("m1", to: .accepted))
        #expect(try await registry.outbound(id: entry.id)?.file == nil)
    }

    @Test("The file of a message to a user stays until the XMPP server has the message")
    func inboundFile() async throws {
        var entry = inbound("i1", key: "k1")
        entry.file = file
        _ = await registry.commit(.appendInbound(entry))
        let query = OpenInbound(gateway: sms, limit: 10)
        #expect(try await registry.read(query) == [entry])
        _ = await registry.commit(.finishInbound(ids: ["i1"]))
        #expect(try await registry.read(query) == [])
    }
}
