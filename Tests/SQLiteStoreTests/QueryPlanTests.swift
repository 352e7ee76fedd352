import GRDB
import GatewayKit
import Registry
import Testing

@testable import SQLiteStore

@Suite("How SQLite finds rows")
struct QueryPlanTests {
    let folder: TemporaryFolder
    let registry: SQLiteStore

    init() throws {
        folder = try TemporaryFolder()
        registry = try folder.open()
    }

    /// The query plans of all statements that SQLite runs for a query.
    private func plans(of query: any StoreQuery) async throws -> [String] {
        let (seal, unreadable) = (registry.seal, UnreadableAccounts(logger: .silent))
        return try await registry.access { db in
            try Self.plans(db) { try Self.answer(query, in: Transaction(db: db, seal: seal, unreadable: unreadable)) }
        }
    }

    private static func answer(_ query: some StoreQuery, in transaction: Transaction) throws {
        _ = try ConcernRoutes.all.answer(query, in: transaction)
    }

    private static func plans(_ db: Database, of work: () throws -> Void) throws -> [String] {
        var statements: [String] = []
        db.trace { statements.append($0.expandedDescription) }
        try work()
        db.trace(options: [])
        return try statements.flatMap { statement in
            try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN \(statement)").map { $0["detail"] as String }
        }
    }

    static let queries: [any StoreQuery] = [
        SnapshotQuery(gateway: sms, accounts: false), UserQuery(gateway: sms, user: ann),
        SentMessages(gateway: sms, user: ann, limit: 10), OutboundQuery(id: RequestID("a")),
        UniqueValueOwner(gateway: sms, UniqueValue("phone", "+1")),
        MisplacedValues(gateway: sms, assignments: [UniqueValue("phone", "+1"): ann]),
        ContactPage(gateway: sms, limit: 10),
        OpenInbound(gateway: sms, limit: 10), OpenInbound(gateway: sms, user: ann, after: "a", limit: 10),
        PersonalDataQuery(gateway: sms, user: ann, messages: 10), OperatorActs(gateway: sms, limit: 10),
        QueueCounts(gateway: sms),
        ContactCount(gateway: sms), ContactCount(gateway: sms, onlyGateway: true),
        ReferenceQuery(gateway: sms, user: ann, localpart: "+1", key: .stanza("a")),
        ReferenceQuery(gateway: sms, user: ann, localpart: "+1", key: .network(MessageID("a"), nil)),
        OptOutPage(gateway: sms, limit: 10), OptOutCount(gateway: sms),
    ]

    @Test("No query scans a table, except the small table of untold outcomes", arguments: queries.indices)
    func noScan(index: Int) async throws {
        let plans = try await plans(of: Self.queries[index])
        #expect(!plans.isEmpty)
        let scans = plans.filter { $0.hasPrefix("SCAN") && !$0.hasPrefix("SCAN untold") }
        #expect(scans == [])
        let byGatewayAlone = plans.filter { $0.contains("outbound_by_user (gateway=?)") }
        #expect(byGatewayAlone == [])
    }

    @Test("Saving an account reads the unique values of its user only")
    func freeing() async throws {
        let plans = try await plans(of: .saveAccount(account(ann, phone: "+1"), unique: ["phone"]))
        #expect(plans.contains { $0.contains("unique_values_by_user (user=? AND gateway=?)") })
        #expect(!plans.contains { $0.hasPrefix("SCAN") })
    }

    @Test("Handing a message over finds opt-outs and counters by their keys")
    func handingOver() async throws {
        _ = await registry.commit(.appendOutbound(outbound("a")))
        let limit = Charge.Limit(
            counter: "c", most: 9, unit: .money(currency: nil), period: .day, isShared: true, endsAt: time(9))
        let order = HandOver(
            outbound("a"), line: UniqueValue("phone", "+1"), charge: Charge(parts: 1, limits: [limit]), at: time(1))
        let plans = try await plans(of: .handOver(order))
        #expect(
            plans.contains {
                $0.contains("opt_outs") && $0.contains("(gateway=? AND localpart=? AND key=? AND value=?)")
            }, "\(plans)")
        #expect(
            plans.contains { $0.contains("spending") && $0.contains("(gateway=? AND counter=? AND user=?)") },
            "\(plans)")
        #expect(!plans.contains { $0.hasPrefix("SCAN") }, "\(plans)")
    }

    /// The query plans of all statements that SQLite runs for a change.
    private func plans(of change: Change) async throws -> [String] {
        let (seal, unreadable) = (registry.seal, UnreadableAccounts(logger: .silent))
        return try await registry.access { db in
            try Self.plans(db) {
                _ = try ConcernRoutes.all.apply(change, in: Transaction(db: db, seal: seal, unreadable: unreadable))
            }
        }
    }
}
