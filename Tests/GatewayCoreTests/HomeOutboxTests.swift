import GatewayKit
import Registry
import Testing
import XMPP

@testable import GatewayCore

@Suite("Messages that are kept until the home server has them")
struct HomeOutboxTests {
    private func stored(_ id: String) -> HomeOutbox.Item {
        .stored(
            InboundEntry(
                id: id, gateway: "gw.test", account: AccountID(user: UserID("a"), network: NetworkID("n")),
                localpart: "+1", displayName: nil, text: "", deduplicationKey: id,
                receivedAt: Timestamp(secondsSince1970: 0)))
    }

    private func live(_ number: Int) -> HomeOutbox.Item {
        .direct(Message(StanzaHead(id: "\(number)"), type: .chat))
    }

    private func numbers(_ items: [HomeOutbox.Item]) -> [String] {
        items.compactMap { if case .direct(let message) = $0 { message.head.id } else { nil } }
    }

    @Test("the latest live messages and all stored messages are kept, in their order")
    func bounds() throws {
        var outbox = HomeOutbox()
        outbox.sent(stored("first"))
        for number in 1...10_000 { outbox.sent(live(number)) }
        outbox.sent(stored("last"))
        let kept = outbox.linkBroke()
        #expect(kept.first?.entry?.id == "first" && kept.last?.entry?.id == "last")
        let numbers = numbers(kept)
        #expect((HomeOutbox.leastLive..<2 * HomeOutbox.leastLive).contains(numbers.count))
        #expect(numbers == ((10_001 - numbers.count)...10_000).map { "\($0)" })
    }

    @Test("a fence confirms the messages that were sent before it, and no others")
    func fences() {
        var outbox = HomeOutbox()
        outbox.sent(live(1))
        #expect(outbox.nextFence() == 1)
        outbox.sent(live(2))
        #expect(outbox.nextFence() == nil, "only one fence at a time")
        #expect(numbers(outbox.fenced(7)) == [])
        #expect(numbers(outbox.fenced(1)) == ["1"])
        #expect(numbers(outbox.linkBroke()) == ["2"])
    }
}
