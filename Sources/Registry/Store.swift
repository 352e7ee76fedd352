import GatewayKit

/// The durable state of all gateways: takes changes, answers queries.
///
/// Any thread can call every function; no function blocks it. The store calls replies on its own threads. A reply must
/// not block. There are three rules of order:
///
/// 1. The store commits changes in the order of their submission. A reply to a change means that the change is durable.
///    Replies come in the same order.
/// 2. A read does not wait behind changes. It sees every change whose reply came before the call of `read`. It may also
///    see later changes. A caller that needs to see its own change waits for the reply first.
/// 3. Replies to reads may come in another order than the calls.
///
/// A refused change changes nothing. While the database cannot be written, changes fail with
/// `RegistryError.unavailable`. While it cannot be read, reads fail with the same error. The store tries each new
/// change and read, so it needs no restart when the database works again.
package protocol Store: AnyObject, Sendable {
    /// Submits a change. The reply comes once: after the commit that made the change durable, or when the change has
    /// failed. If too many changes wait or the store is closed, the reply is `.unavailable`, and comes before this
    /// returns.
    func submit(_ change: Change, _ reply: @escaping StoreReply<ChangeReply>)

    /// Reads the answer to a query. The reply comes once. If too many reads wait or the store is closed, the reply is
    /// `.unavailable`, and comes before this returns.
    func read<Query: StoreQuery>(_ query: Query, _ reply: @escaping StoreReply<Query.Answer>)

    /// Returns when every earlier change has its reply.
    func flush() async

    /// Closes the database after all earlier changes and reads have their replies. The store refuses new changes and
    /// reads from the call on. Calling it again does nothing.
    func close() async
}

/// Receives the result of a change or a read. The store calls it once, on one of its threads, or on the caller's thread
/// when it refuses at once.
package typealias StoreReply<Value> = @Sendable (Result<Value, RegistryError>) -> Void

/// A question to the store, as a value. The type of the query decides the type of the answer.
package protocol StoreQuery: Sendable {
    associatedtype Answer: Sendable
}

/// A change that is not on the path of messages, as a value. A new concern declares its own types of changes. The store
/// replies `.done` to each.
package protocol StoreChange: Sendable, Equatable {}

extension Store {
    /// Reads all data of one user of a gateway, except messages. The answer for an unknown user is empty.
    package func readUser(gateway: String, user: UserID, _ reply: @escaping StoreReply<UserRecord>) {
        read(UserQuery(gateway: gateway, user: user), reply)
    }

    /// Reads the data that a gateway needs to start. It waits for earlier changes first, so the answer contains them.
    ///
    /// - Parameter accounts: whether the answer includes all accounts. A gateway does not need them: it reads each user
    ///   when the user is needed.
    package func snapshot(gateway: String, accounts: Bool = false) async throws(RegistryError) -> GatewaySnapshot {
        await flush()
        return try await read(SnapshotQuery(gateway: gateway, accounts: accounts))
    }

    /// Reads the answer to a query and waits for it.
    package func read<Query: StoreQuery>(_ query: Query) async throws(RegistryError) -> Query.Answer {
        let result = await withCheckedContinuation { continuation in
            read(query) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }

    /// Reads the answer to a query whose type only the asker knows, such as a feature of the core. The asker casts the
    /// answer to `Query.Answer`.
    package func readAny(_ query: any StoreQuery, _ reply: @escaping StoreReply<any Sendable>) {
        func ask(_ query: some StoreQuery) {
            read(query) { reply($0.map { $0 as any Sendable }) }
        }
        ask(query)
    }
}
