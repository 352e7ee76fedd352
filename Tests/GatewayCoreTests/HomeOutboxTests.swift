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

    private func live(_ number: Int, to user: String = "anna@home.test/a") throws -> HomeOutbox.Item {
        .direct(Message(StanzaHead(to: try JID(user), id: "\(number)"), type: .chat))
    }

    private func numbers(_ items: [HomeOutbox.Item]) -> [String] {
        items.compactMap { if case .direct(let message) = $0 { message.head.id } else { nil } }
    }

    @Test("the latest live messages and all stored messages are kept, in their order")
    func bounds() throws {
        var outbox = HomeOutbox()
        var dropped = 0
        _ = outbox.sent(stored("first"))
        for number in 1...10_000 { dropped += outbox.sent(try live(number))?.count ?? 0 }
        _ = outbox.sent(stored("last"))
        let kept = outbox.linkBroke().items
        #expect(kept.first?.entry?.id == "first" && kept.last?.entry?.id == "last")
        let numbers = numbers(kept)
        #expect((HomeOutbox.mostLiveOfUser..<2 * HomeOutbox.mostLiveOfUser).contains(numbers.count))
        #expect(dropped == 10_000 - numbers.count)
        #expect(numbers == ((10_001 - numbers.count)...10_000).map { "\($0)" })
    }

    @Test("very many messages for one user displace no messages of other users")
    func shares() throws {
        var outbox = HomeOutbox()
        var mostHit: Set<UserID?> = []
        for number in 0..<500 { _ = outbox.enqueue(try live(number, to: "bob@home.test/b")) }
        for number in 0..<50_000 {
            let resource = number % 7
            if let dropped = outbox.enqueue(try live(1_000 + number, to: "eve@home.test/\(resource)")) {
                mostHit.insert(dropped.most)
            }
        }
        #expect(mostHit == [UserID("eve@home.test")])
        let kept = numbers(outbox.takeUnsent(atMost: .max)).compactMap { Int($0) }
        #expect(Array(kept.prefix(500)) == Array(0..<500))
        #expect((HomeOutbox.mostLiveOfUser..<2 * HomeOutbox.mostLiveOfUser).contains(kept.count - 500))
        #expect(kept == kept.sorted() && kept.last == 50_999)
    }

    @Test("the messages of all users together are bounded, and each user keeps the latest")
    func total() throws {
        var outbox = HomeOutbox()
        for number in 0..<100_000 { _ = outbox.enqueue(try live(number, to: "u\(number % 50)@home.test")) }
        let kept = numbers(outbox.takeUnsent(atMost: .max)).compactMap { Int($0) }
        #expect((HomeOutbox.mostLive..<2 * HomeOutbox.mostLive).contains(kept.count))
        let counts = Dictionary(grouping: kept) { $0 % 50 }.mapValues(\.count)
        #expect(counts.count == 50 && (counts.values.max() ?? 0) - (counts.values.min() ?? 0) <= 1)
        #expect(kept == Array((100_000 - kept.count)..<100_000))
    }

    @Test("one message for each of very many users is bounded, too")
    func manyUsers() throws {
        var outbox = HomeOutbox()
        for number in 0..<60_000 { _ = outbox.enqueue(try live(number, to: "u\(number)@home.test")) }
        #expect((HomeOutbox.mostLive...2 * HomeOutbox.mostLive).contains(outbox.unsent.count))
    }

    @Test("refused stanzas that were sent make room for as many others")
    func refused() throws {
        let stanza = Stanza.presence(Presence(StanzaHead(to: try JID("anna@home.test/a"))))
        var outbox = HomeOutbox()
        func fill() -> Int {
            for number in 0..<100_000 {
                guard outbox.hasRoomForRefused else { return number }
                _ = outbox.enqueue(.refused(stanza))
            }
            return .max
        }
        let most = fill()
        #expect(most < 100_000, "they are bounded")
        for count in [100, most] {
            let taken = outbox.takeUnsent(atMost: count).count
            let refilled = fill()
            #expect(taken == count && refilled == count)
        }
    }

    @Test("a fence confirms the messages that were sent before it, and no others")
    func fences() throws {
        var outbox = HomeOutbox()
        _ = outbox.sent(try live(1))
        #expect(outbox.nextFence() == 1)
        _ = outbox.sent(try live(2))
        #expect(outbox.nextFence() == nil, "only one fence at a time")
        #expect(numbers(outbox.fenced(7).items) == [])
        #expect(numbers(outbox.fenced(1).items) == ["1"])
        #expect(numbers(outbox.linkBroke().items) == ["2"])
    }
}
