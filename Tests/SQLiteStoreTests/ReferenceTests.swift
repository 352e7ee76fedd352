import GatewayKit
import Registry
import Testing

@testable import SQLiteStore

@Suite("References between ids of stanzas and ids of the network")
struct ReferenceTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func look(
        _ key: ReferenceQuery.Key, in localpart: String = "+15550123", of user: UserID = ann, on registry: SQLiteStore
    ) async throws -> ReferenceRecord? {
        try await registry.read(ReferenceQuery(gateway: sms, user: user, localpart: localpart, key: key))
    }

    @Test("Messages of both directions are found by either id after a restart, when their texts are gone")
    func bothDirections() async throws {
        let first = try folder.open()
        var received = inbound("in-1", key: "main/SM1")
        received.foreignID = MessageID("SM1")
        _ = await first.commit(.appendInbound(received))
        _ = await first.commit(.finishInbound(ids: ["in-1"]))
        _ = await first.commit(.appendOutbound(outbound("out-1", state: .handing)))
        _ = await first.commit(advance("out-1", to: .accepted, foreignID: "SM2"))
        await first.close()

        let registry = try folder.open()
        let `in` = ReferenceRecord(
            direction: .in, id: "in-1", originID: nil, networkID: MessageID("SM1"), at: time(0))
        let out = ReferenceRecord(
            direction: .out, id: "out-1", originID: "m1", networkID: MessageID("SM2"), at: time(0))
        let sought: [(ReferenceQuery.Key, ReferenceRecord?)] = [
            (.stanza("in-1"), `in`), (.stanza("m1"), out), (.stanza("out-1"), out), (.stanza("SM1"), nil),
            (.network(MessageID("SM1"), .in), `in`), (.network(MessageID("SM2"), .out), out),
            (.network(MessageID("SM1"), .out), nil), (.network(MessageID("SM2"), .in), nil),
            (.network(MessageID("SM1"), nil), `in`), (.network(MessageID("SM2"), nil), out),
            (.network(MessageID("m1"), nil), nil),
        ]
        for (name, record) in sought { #expect(try await look(name, on: registry) == record, "\(name)") }
        #expect(try await look(.stanza("m1"), in: "+15550124", on: registry) == nil)
        #expect(try await look(.stanza("m1"), of: bob, on: registry) == nil)
        _ = await registry.commit(.removeUser(gateway: sms, ann, unique: [], at: time(1)))
        for (name, _) in sought { #expect(try await look(name, on: registry) == nil, "\(name)") }
    }

    @Test("A message without an id on the network is not found; of two messages with one id, the newest is found")
    func ambiguous() async throws {
        let registry = try folder.open()
        _ = await registry.commit(.appendInbound(inbound("in-1", key: "k")))
        #expect(try await look(.stanza("in-1"), on: registry) == nil)
        for id in ["a", "b"] {
            _ = await registry.commit(.appendOutbound(outbound(id, state: .handing)))
            #expect(try await look(.stanza(id), on: registry) == nil)
            _ = await registry.commit(advance(id, to: .accepted, foreignID: "SM-\(id)"))
        }
        #expect(try await look(.stanza("m1"), on: registry)?.id == "b")
        #expect(try await look(.stanza("a"), on: registry)?.networkID == MessageID("SM-a"))
    }
}
