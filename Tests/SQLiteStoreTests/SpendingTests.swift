import GatewayKit
import Registry
import Testing

@testable import SQLiteStore

@Suite("Limits of what messages cost")
struct SpendingTests {
    let folder: TemporaryFolder
    let registry: SQLiteStore

    init() throws {
        folder = try TemporaryFolder()
        registry = try folder.open()
    }

    private func limit(
        _ most: Double, _ unit: Charge.Limit.Unit = .parts, counter: String = "main/2026-09-22",
        shared: Bool = false, end: Double = 1000
    ) -> Charge.Limit {
        Charge.Limit(
            counter: counter, most: most, unit: unit, period: .day, isShared: shared, endsAt: time(end))
    }

    private func handOver(
        _ id: String, _ parts: Int, _ limits: [Charge.Limit], in registry: SQLiteStore, user: UserID = ann
    ) async -> HandOverRefusal? {
        let entry = outbound(id, user: user)
        _ = await registry.commit(.appendOutbound(entry))
        let order = HandOver(
            entry, line: nil, charge: Charge(parts: parts, limits: limits), at: time(1))
        guard case .success(.refused(let refusal)) = await registry.commit(.handOver(order)) else { return nil }
        return refusal
    }

    @Test("Parts count up to the limit, also beyond a restart")
    func parts() async throws {
        let day = limit(5)
        #expect(await handOver("a", 3, [day], in: registry) == nil)
        await registry.close()
        let next = try folder.open()
        #expect(await handOver("b", 3, [day], in: next) == .limit(day, used: 3))
        #expect(try await next.outbound(id: RequestID("b"))?.state == .waiting)
        #expect(await handOver("c", 2, [day], in: next) == nil)
        #expect(await handOver("d", 1, [limit(5, counter: "main/2026-09-23")], in: next) == nil)
    }

    @Test("A message that one limit refuses does not count against the others")
    func together() async throws {
        let (wide, narrow) = (limit(10, counter: "wide"), limit(1, counter: "narrow"))
        #expect(await handOver("a", 2, [wide, narrow], in: registry) == .limit(narrow, used: 0))
        #expect(await handOver("b", 10, [wide], in: registry) == nil)
    }

    @Test("A second hand-over of the same message does not count")
    func once() async throws {
        let day = limit(5)
        #expect(await handOver("a", 3, [day], in: registry) == nil)
        #expect(await handOver("a", 3, [limit(9)], in: registry) == nil, "the entry is no longer waiting")
        #expect(await handOver("b", 2, [day], in: registry) == nil)
    }

    @Test("Prices count when the network tells them, and a corrected price counts as corrected")
    func money() async throws {
        let month = limit(1, .money(currency: "USD"), counter: "main/2026-09/money", shared: true)
        func note(_ id: String, _ price: String) async {
            let account = outbound(id).account
            _ = await registry.commit(.note(MessageFacts(price: price), of: RequestID(id), by: account))
        }
        #expect(await handOver("a", 1, [month], in: registry) == nil)
        await note("a", "-0.60 USD")
        await note("a", "-0.60 USD")
        #expect(await handOver("b", 1, [month], in: registry) == nil, "a repeated price counts once")
        await note("b", "USD 0.70")
        guard case .limit(_, let used)? = await handOver("c", 1, [month], in: registry) else {
            return #expect(Bool(false), "all of it is spent")
        }
        #expect(abs(used - 1.3) < 1e-9)
        await note("b", "0.10 USD")
        #expect(await handOver("d", 1, [month], in: registry) == nil)
    }

    @Test("The price of a message counts also if its user has unregistered before the provider tells it")
    func unregistered() async throws {
        let month = limit(1, .money(currency: "USD"), counter: "main/2026-09/money", shared: true)
        #expect(await handOver("a", 1, [month], in: registry) == nil)
        #expect(await handOver("b", 1, [limit(9)], in: registry) == nil)
        _ = await registry.commit(.removeUser(gateway: sms, ann, unique: [], at: time(5)))
        #expect(try await registry.outbound(id: RequestID("b")) == nil, "a message without a price is deleted")
        let kept = try #require(try await registry.outbound(id: RequestID("a")))
        #expect(kept.account.user.rawValue.isEmpty && kept.localpart.isEmpty && kept.recipient.isEmpty)
        #expect(kept.text.isEmpty && kept.sender.isEmpty && kept.state == .unknown && kept.originID == nil)
        for _ in 1...2 { _ = await registry.commit(.note(MessageFacts(price: "0.60"), of: RequestID("a"), by: nil)) }
        let session = outbound("a", user: bob).account
        _ = await registry.commit(.note(MessageFacts(price: "1.60"), of: RequestID("a"), by: session))
        #expect(await handOver("c", 1, [month], in: registry, user: bob) == .limit(month, used: 1.6))
    }

    @Test("Each user has counters of their own, which follow a move and stay with the old address")
    func moved() async throws {
        let day = limit(5)
        #expect(await handOver("a", 4, [day], in: registry) == nil)
        #expect(await handOver("b", 1, [day], in: registry, user: bob) == nil)
        for id in ["a", "b"] {
            _ = await registry.commit(.advance(RequestID(id), to: .accepted, at: time(2)))
        }
        _ = await registry.commit(.removeUser(gateway: sms, bob, unique: [], at: time(5)))
        let move = MoveUser(gateway: sms, from: ann, to: bob)
        #expect(await registry.commit(.other(AnyChange(move))) == .success(.done))
        #expect(await handOver("c", 2, [day], in: registry, user: bob) == .limit(day, used: 4))
        #expect(await handOver("d", 2, [day], in: registry, user: ann) == .limit(day, used: 4))
    }

    @Test("A counter whose period is over is deleted")
    func prune() async throws {
        _ = await handOver("a", 1, [limit(5, end: 100), limit(5, counter: "later", end: 300)], in: registry)
        _ = await registry.commit(.prune(now: time(200)))
        #expect(try await registry.count("spending") == 1)
    }
}
