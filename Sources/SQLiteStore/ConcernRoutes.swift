import GatewayKit
import Registry

/// One concern of the store: its changes, its reads, and what it forgets.
protocol Concern: Sendable {
    static func register(in routes: inout ConcernRoutes)
}

/// Finds the concern that carries out a change or answers a query.
struct ConcernRoutes: Sendable {
    /// Those of all concerns.
    static let all: ConcernRoutes = {
        var routes = ConcernRoutes()
        for concern in AllConcerns.list { concern.register(in: &routes) }
        return routes
    }()

    private var changes: [ObjectIdentifier: @Sendable (any StoreChange, Transaction) throws -> Void] = [:]
    private var queries: [ObjectIdentifier: @Sendable (any StoreQuery, Transaction) throws -> any Sendable] = [:]
    private var prunes: [@Sendable (Timestamp, Transaction) throws -> Void] = []
    private var removals: [@Sendable (RemoveUser, Transaction) throws -> Void] = []

    /// Has changes of a type carried out.
    mutating func change<Value: StoreChange>(
        _ type: Value.Type, _ apply: @escaping @Sendable (Value, Transaction) throws -> Void
    ) {
        changes[ObjectIdentifier(type)] = { change, transaction in
            guard let change = change as? Value else { throw RegistryError.unknown(change) }
            try apply(change, transaction)
        }
    }

    /// Has queries of a type answered.
    mutating func query<Query: StoreQuery>(
        _ type: Query.Type, _ answer: @escaping @Sendable (Query, Transaction) throws -> Query.Answer
    ) {
        queries[ObjectIdentifier(type)] = { query, transaction in
            guard let query = query as? Query else { throw RegistryError.unknown(query) }
            return try answer(query, transaction)
        }
    }

    /// Has old and surplus rows dropped.
    mutating func prune(_ work: @escaping @Sendable (Timestamp, Transaction) throws -> Void) { prunes.append(work) }

    /// Has everything of one user removed. The concerns do this in the order of their list.
    mutating func removeUser(_ work: @escaping @Sendable (RemoveUser, Transaction) throws -> Void) {
        removals.append(work)
    }

    /// Carries out a change.
    func apply(_ change: Change, in transaction: Transaction) throws -> ChangeReply {
        switch change {
        case .appendOutbound(let entry): try transaction.append(entry)
        case .advance(let id, let state, let foreignID, let notBefore, let failure, let time, let account):
            let move = OutboundMove(
                state: state, foreignID: foreignID, notBefore: notBefore, failure: failure, at: time, by: account)
            return .outbound(try transaction.advance(id, to: move))
        case .told(let ids): try transaction.told(ids)
        case .appendInbound(let entry): return .inserted(try transaction.append(entry))
        case .finishInbound(let ids): try transaction.finishInbound(ids)
        case .other(let change): try apply(change.value, in: transaction)
        }
        return .done
    }

    private func apply(_ change: any StoreChange, in transaction: Transaction) throws {
        switch change {
        case let prune as Prune: for work in prunes { try work(prune.now, transaction) }
        case let removal as RemoveUser: for work in removals { try work(removal, transaction) }
        default:
            guard let apply = changes[ObjectIdentifier(type(of: change))] else { throw RegistryError.unknown(change) }
            try apply(change, transaction)
        }
    }

    /// Answers a query.
    func answer<Query: StoreQuery>(_ query: Query, in transaction: Transaction) throws -> Query.Answer {
        guard let answer = queries[ObjectIdentifier(Query.self)],
            let value = try answer(query, transaction) as? Query.Answer
        else { throw RegistryError.unknown(query) }
        return value
    }
}

extension RegistryError {
    /// For a type that no concern of this store has registered.
    fileprivate static func unknown(_ value: any Sendable) -> RegistryError {
        .unavailable("this registry does not know \(type(of: value))")
    }
}
