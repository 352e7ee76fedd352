import GatewayKit
import Registry
import Testing

@testable import SQLiteStore

@Suite("Facts about outbound messages")
struct MessageFactsTests {
    let folder: TemporaryFolder
    let registry: SQLiteStore
    private let account = AccountID(user: ann, network: kannel)

    init() throws {
        folder = try TemporaryFolder()
        registry = try folder.open()
    }

    private func note(_ facts: MessageFacts, _ id: String = "a", by account: AccountID? = nil) async {
        _ = await registry.commit(.note(facts, of: RequestID(id), by: account ?? self.account))
    }

    @Test(
        "A stage is recorded only where it can be true, whatever the order of the reports",
        arguments: [
            (OutboundEntry.State.waiting, [MessageFacts.Stage.sent, .rejected, .expired]),
            (.handing, [.sent, .rejected, .expired]), (.accepted, [.sent, .rejected, .expired]),
            (.unknown, [.rejected, .expired]), (.failed, []), (.delivered, []),
        ])
    func stages(state: OutboundEntry.State, allowed: [MessageFacts.Stage]) async throws {
        for stage in MessageFacts.Stage.allCases {
            let id = "\(state)-\(stage)"
            _ = await registry.commit(.appendOutbound(outbound(id, state: state)))
            await note(MessageFacts(stage: stage), id)
            let entry = try await registry.outbound(id: RequestID(id))
            #expect(entry?.facts.stage == (allowed.contains(stage) ? stage : nil), "\(id)")
            #expect(entry?.state == state)
        }
    }

    @Test("Parts and price stay until they are told anew, and belong to the account of the message")
    func parts() async throws {
        _ = await registry.commit(.appendOutbound(outbound("a", state: .accepted)))
        await note(MessageFacts(parts: 2, price: "0.02 USD"))
        await note(MessageFacts(stage: .sent))
        await note(MessageFacts(price: "9"), by: AccountID(user: bob, network: kannel))
        let read = try await registry.read(SentMessages(gateway: sms, user: ann, limit: 1))
        #expect(read.map(\.facts) == [MessageFacts(stage: .sent, parts: 2, price: "0.02 USD")])
    }

    @Test("A message of several parts that has failed is never delivered", arguments: [nil, 1, 2])
    func oneEnd(parts: Int?) async throws {
        _ = await registry.commit(.appendOutbound(outbound("a", state: .accepted)))
        await note(MessageFacts(parts: parts))
        _ = await registry.commit(advance("a", to: .failed, at: 2))
        let reply = await registry.commit(advance("a", to: .delivered, at: 3))
        #expect((reply == .success(.outbound(nil))) == (parts == 2))
    }

    @Test("The arrival of a message that counted as lost is told, although nobody has asked for a receipt")
    func doubted() async throws {
        for (id, isDoubted) in [("plain", false), ("doubted", true)] {
            var entry = outbound(id, state: .handing)
            entry.wantsReceipt = false
            _ = await registry.commit(.appendOutbound(entry))
            if isDoubted { _ = await registry.commit(advance(id, to: .unknown, at: 2)) }
            _ = await registry.commit(advance(id, to: .delivered, at: 3))
        }
        let unreported = try await registry.snapshot(gateway: sms).unreported
        #expect(unreported.map(\.entry.id.rawValue) == ["doubted"])
        #expect(unreported.map(\.entry.wasDoubted) == [true])
    }
}
