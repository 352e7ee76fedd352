import GatewayKit
import Registry

/// One concern of the store: the code for its tables, its changes, its reads and its pruning.
protocol Concern: Sendable {
    /// Registers the functions that carry out the concern's changes, answer its queries, and delete its rows.
    static func register(in routes: inout ConcernRoutes)
}

/// Finds the concern that carries out a change or answers a query.
struct ConcernRoutes: Sendable {
    /// The routes of all concerns.
    static let all: ConcernRoutes = {
        var routes = ConcernRoutes()
        for concern in AllConcerns.list { concern.register(in: &routes) }
        return routes
    }()

    private var changes: [ObjectIdentifier: @Sendable (any StoreChange, Transaction) throws -> Void] = [:]
    private var queries: [ObjectIdentifier: @Sendable (any StoreQuery, Transaction) throws -> any Sendable] = [:]
    private var prunes: [@Sendable (Timestamp, Transaction) throws -> Void] = []
    private var removals: [@Sendable (RemoveUser, Transaction) throws -> Void] = []

    /// Registers the function that carries out changes of a type.
    mutating func change<Value: StoreChange>(
        _ type: Value.Type, _ apply: @escaping @Sendable (Value, Transaction) throws -> Void
    ) {
        changes[ObjectIdentifier(type)] = { change, transaction in
            guard let change = change as? Value else { throw RegistryError.unknown(change) }
            try apply(change, transaction)
        }
    }

    /// Registers the function that answers queries of a type.
    mutating func query<Query: StoreQuery>(
        _ type: Query.Type, _ answer: @escaping @Sendable (Query, Transaction) throws -> Query.Answer
    ) {
        queries[ObjectIdentifier(type)] = { query, transaction in
            guard let query = query as? Query else { throw RegistryError.unknown(query) }
            return try answer(query, transaction)
        }
    }

    /// Registers a function that deletes old and surplus rows. It gets the present time.
    mutating func prune(_ work: @escaping @Sendable (Timestamp, Transaction) throws -> Void) { prunes.append(work) }

    /// Registers a function that removes the concern's data of one user. For each removal all these functions run, in
    /// the order of `AllConcerns.list`.
    mutating func removeUser(_ work: @escaping @Sendable (RemoveUser, Transaction) throws -> Void) {
        removals.append(work)
    }

    /// Carries out a change. Throws `RegistryError` if the change is refused.
    func apply(_ change: Change, in transaction: Transaction) throws -> ChangeReply {
        switch change {
        case .appendOutbound(let entry): try transaction.append(entry)
        case .advance(let id, let state, let foreignID, let notBefore, let failure, let time, let account):
            let move = OutboundMove(
                state: state, foreignID: foreignID, notBefore: notBefore, failure: failure, at: time, by: account)
            return .outbound(try transaction.advance(id, to: move))
        case .handOver(let order): return try transaction.handOver(order)
        case .reported(let ids): try transaction.markReported(ids)
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
    /// The error for a change or a query whose type no concern has registered.
    fileprivate static func unknown(_ value: any Sendable) -> RegistryError {
        .unavailable("this registry does not know \(type(of: value))")
    }
}
