import GatewayKit

/// The durable state of all gateways: takes changes, answers queries.
///
/// Every function can be called from any thread and never blocks it. Replies come on threads of the store and must not
/// block either. There are three rules of order:
///
/// 1. Changes are committed in the order of their submission. A reply to a change means that it is durable, and replies
///    come in the same order.
/// 2. A read does not wait behind changes. It sees every change that was answered before the read was asked for, and
///    perhaps some that are under way. Whoever needs to see an own change therefore waits for its reply first.
/// 3. Reads may be answered in another order than the one in which they were asked.
///
/// A change that is refused leaves no trace. While the database cannot be written, changes fail with
/// `RegistryError.unavailable`; while it cannot be read, reads do. Later ones are tried again, so nothing needs to be
/// restarted when the database works again.
package protocol Store: AnyObject, Sendable {
    /// Takes a change; the reply comes once, after the commit that made it durable. When too many changes wait or the
    /// store is closed, the reply is called with `.unavailable` before this returns.
    func submit(_ change: Change, _ reply: @escaping StoreReply<ChangeReply>)

    /// Answers a query once. When too many reads wait or the store is closed, the reply is called with `.unavailable`
    /// before this returns.
    func read<Query: StoreQuery>(_ query: Query, _ reply: @escaping StoreReply<Query.Answer>)

    /// Returns when every change submitted before has been answered.
    func flush() async

    /// Takes no more changes and queries, answers those already taken, closes the database. Calling it again does
    /// nothing.
    func close() async
}

/// Called once, on a thread of the store.
package typealias StoreReply<Value> = @Sendable (Result<Value, RegistryError>) -> Void

/// A question to the store, as a value. The type of the query decides the type of the answer.
package protocol StoreQuery: Sendable {
    associatedtype Answer: Sendable
}

/// A change that is not on the path of messages, as a value. A new concern declares its own types of changes; the store
/// replies `.done` to each.
package protocol StoreChange: Sendable, Equatable {}

extension Store {
    /// Everything that is known of one user of a gateway; empty for a stranger.
    package func person(gateway: String, user: UserID, _ reply: @escaping StoreReply<PersonRecord>) {
        read(PersonQuery(gateway: gateway, user: user), reply)
    }

    /// What a gateway needs to start. Sees every change submitted before, answered or not.
    ///
    /// - Parameter accounts: whether all accounts are wanted, as they are where sessions are always open.
    package func snapshot(gateway: String, accounts: Bool) async throws(RegistryError) -> GatewaySnapshot {
        await flush()
        return try await read(SnapshotQuery(gateway: gateway, accounts: accounts))
    }

    /// Asks and waits for the answer.
    package func read<Query: StoreQuery>(_ query: Query) async throws(RegistryError) -> Query.Answer {
        let result = await withCheckedContinuation { continuation in
            read(query) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }

    /// Answers a query whose type is known only to the one who asks, such as a feature of the core: that one casts the
    /// answer to `Query.Answer`.
    package func readAny(_ query: any StoreQuery, _ reply: @escaping StoreReply<any Sendable>) {
        func ask(_ query: some StoreQuery) {
            read(query) { reply($0.map { $0 as any Sendable }) }
        }
        ask(query)
    }
}
