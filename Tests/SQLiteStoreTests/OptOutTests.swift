import GatewayKit
import Registry
import Testing

@testable import SQLiteStore

@Suite("People who want no messages")
struct OptOutTests {
    private static let line = UniqueValue("phone", "+15550100")
    let folder: TemporaryFolder
    let registry: SQLiteStore

    init() async throws {
        folder = try TemporaryFolder()
        registry = try folder.open()
        _ = await registry.commit(.saveAccount(account(ann, phone: Self.line.value), unique: ["phone"]))
    }

    private func arrive(_ id: String, _ consent: Consent?, at seconds: Double = 5) -> Change {
        var entry = inbound(id, key: id, at: seconds)
        entry.consent = consent.map { ConsentNote($0, for: Self.line) }
        return .appendInbound(entry)
    }

    private func handOver(_ entry: OutboundEntry, line: UniqueValue? = Self.line) -> Change {
        .handOver(HandOver(entry, line: line, charge: nil, at: time(10)))
    }

    private func refused(
        _ registry: SQLiteStore, _ entry: OutboundEntry, line: UniqueValue = Self.line
    ) async -> OptOut? {
        _ = await registry.commit(.appendOutbound(entry))
        guard case .success(.refused(.optedOut(let optOut))) = await registry.commit(handOver(entry, line: line)) else {
            return nil
        }
        return optOut
    }

    @Test("After STOP no message to the person is handed over, also beyond a restart, until START")
    func stop() async throws {
        #expect(await registry.commit(arrive("i1", .withdrawn)) == .success(.inserted(true)))
        await registry.close()
        let next = try folder.open()
        let expected = OptOut(line: Self.line, localpart: "+15550123", since: time(5), source: .person)
        #expect(await refused(next, outbound("a")) == expected)
        #expect(try await next.outbound(id: RequestID("a"))?.state == .waiting)
        _ = await next.commit(arrive("i2", .given))
        guard case .success(.outbound(let moved?)) = await next.commit(handOver(outbound("a"))) else {
            return #expect(Bool(false), "the message is handed over after START")
        }
        #expect(moved.state == .handing && moved.attempts == 1)
    }

    @Test("A repeated STOP does not withdraw the consent that was given since")
    func repetition() async throws {
        _ = await registry.commit(arrive("i1", .withdrawn))
        _ = await registry.commit(arrive("i2", .given))
        #expect(await registry.commit(arrive("i1", .withdrawn)) == .success(.inserted(false)))
        #expect(await refused(registry, outbound("a")) == nil)
    }

    @Test("The wish belongs to the number, so that the next user of the number may not write either")
    func nextUser() async throws {
        _ = await registry.commit(arrive("i1", .withdrawn))
        _ = await registry.commit(.removeUser(gateway: sms, ann, unique: ["phone"], at: time(20)))
        _ = await registry.commit(.saveAccount(account(bob, phone: Self.line.value), unique: ["phone"]))
        #expect(await refused(registry, outbound("b", user: bob))?.line == Self.line)
        _ = await registry.commit(.saveAccount(account(ann, phone: "+15550101"), unique: ["phone"]))
        #expect(
            await refused(registry, outbound("a"), line: UniqueValue("phone", "+15550101")) == nil,
            "another number is not concerned")
    }

    @Test("A message that the network refuses for this reason is remembered as a wish")
    func network() async throws {
        _ = await registry.commit(.appendOutbound(outbound("a")))
        _ = await registry.commit(handOver(outbound("a")))
        // The user has another number by the time of the report. The wish concerns the number that has sent.
        _ = await registry.commit(.saveAccount(account(ann, phone: "+15550101"), unique: ["phone"]))
        await reportOptOut("a")
        #expect(await refused(registry, outbound("c"), line: UniqueValue("phone", "+15550101")) == nil)
        let expected = OptOut(line: Self.line, localpart: "+15550123", since: time(7), source: .network)
        #expect(await refused(registry, outbound("b")) == expected)
    }

    private func reportOptOut(_ id: String) async {
        _ = await registry.commit(
            .advance(RequestID(id), to: .failed, failure: Failure(.optedOut, "No."), at: time(7)))
    }

    @Test("A report about a message from before START does not bring the wish back, and one about a later message does")
    func lateReport() async throws {
        for id in ["old", "older"] { _ = await registry.commit(.appendOutbound(outbound(id, at: 4))) }
        _ = await registry.commit(.appendOutbound(outbound("new", at: 6)))
        for id in ["old", "older", "new"] { _ = await registry.commit(handOver(outbound(id))) }
        _ = await registry.commit(arrive("i1", .given, at: 5))
        await reportOptOut("old")
        #expect(await refused(registry, outbound("a")) == nil)
        await reportOptOut("new")
        #expect(await refused(registry, outbound("b"))?.source == .network)
        let lift = LiftOptOut(gateway: sms, line: Self.line, localpart: "+15550123", at: time(8))
        _ = await registry.commit(.other(AnyChange(lift)))
        await reportOptOut("older")
        #expect(await refused(registry, outbound("c")) == nil, "the operator's word counts like the person's")
    }

    @Test("A wish without a stored message counts, and the latest message of the person decides")
    func withoutMessage() async throws {
        func note(_ consent: Consent, at seconds: Double) async {
            let note = NoteConsent(
                ConsentNote(consent, for: Self.line), of: "+15550123", gateway: sms, at: time(seconds))
            #expect(await registry.commit(.other(AnyChange(note))) == .success(.done))
        }
        await note(.withdrawn, at: 5)
        #expect(await refused(registry, outbound("a"))?.since == time(5))
        await note(.given, at: 9)
        await note(.withdrawn, at: 5)
        #expect(await refused(registry, outbound("b")) == nil, "the STOP has come once more")
        #expect(try await registry.read(OptOutCount(gateway: sms)) == 0)
        _ = await registry.commit(.prune(now: time(10 + 14 * 86_400)))
        #expect(try await registry.count("opt_outs") == 0, "a consent is not remembered for ever")
    }

    @Test("A network without such wishes does not honour them")
    func off() async throws {
        _ = await registry.commit(arrive("i1", .withdrawn))
        _ = await registry.commit(.appendOutbound(outbound("a")))
        guard case .success(.outbound(_?)) = await registry.commit(handOver(outbound("a"), line: nil)) else {
            return #expect(Bool(false), "the message is handed over")
        }
    }

    @Test("The list comes in pages, and an operator ends a wish")
    func pages() async throws {
        for number in 1...5 {
            var entry = inbound("i\(number)", key: "k\(number)", at: Double(number))
            entry.localpart = "+1555000\(number)"
            entry.consent = ConsentNote(.withdrawn, for: Self.line)
            _ = await registry.commit(.appendInbound(entry))
        }
        var seen: [String] = []
        var after: OptOutPage.Place?
        while let page = try? await registry.read(OptOutPage(gateway: sms, after: after, limit: 2)),
            let last = page.last
        {
            #expect(page.count <= 2)
            seen += page.map(\.localpart)
            after = OptOutPage.Place(line: last.line, localpart: last.localpart)
        }
        #expect(seen == (1...5).map { "+1555000\($0)" })
        let lift = LiftOptOut(gateway: sms, line: Self.line, localpart: "+15550003", at: time(9))
        #expect(await registry.commit(.other(AnyChange(lift))) == .success(.done))
        #expect(try await registry.read(OptOutPage(gateway: sms, limit: 9)).count == 4)
        #expect(try await registry.read(OptOutCount(gateway: sms)) == 4)
        #expect(try await registry.read(OptOutPage(gateway: "other", limit: 9)).isEmpty)
    }
}
