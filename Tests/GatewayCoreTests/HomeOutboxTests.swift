import GatewayKit
import Registry
import Testing
import XMPP

@testable import GatewayCore

@Suite("What is kept until the home server has it")
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

    @Test("of live messages the latest are kept, of those on disk all, in their order")
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

    @Test("a fence proves what was sent before it, and nothing else")
    func fences() {
        var outbox = HomeOutbox()
        outbox.sent(live(1))
        #expect(outbox.nextFence() == 1)
        outbox.sent(live(2))
        #expect(outbox.nextFence() == nil, "one at a time")
        #expect(numbers(outbox.fenced(7)) == [])
        #expect(numbers(outbox.fenced(1)) == ["1"])
        #expect(numbers(outbox.linkBroke()) == ["2"])
    }
}
