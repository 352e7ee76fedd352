/// Finds accounts for a network that names them by a unique login value, such as a phone number. An adapter gets its
/// finder from `Adapter.start`. Use it on the gateway's event loop only.
package struct AccountFinder {
    /// The result of a search.
    package enum Finding: Sendable, Equatable {
        /// An account has the value. Its session is open now.
        case open
        /// No account has the value.
        case nobody
        /// The core cannot tell now. Let the network try again later.
        case unknown(Failure)
    }

    private let search: (UniqueValue, @escaping (Finding) -> Void) -> Void
    private let record: (NetworkFact, @escaping (EventSink.StorageAnswer) -> Void) -> Void

    /// Each parameter calls its second parameter exactly once.
    ///
    /// - Parameters:
    ///   - search: searches for the account with a value.
    ///   - record: stores a fact.
    package init(
        _ search: @escaping (UniqueValue, @escaping (Finding) -> Void) -> Void,
        record: @escaping (NetworkFact, @escaping (EventSink.StorageAnswer) -> Void) -> Void
    ) {
        self.search = search
        self.record = record
    }

    /// Searches for the account that has a value, and opens the account's session if it is not open. Calls `done`
    /// exactly once, on the event loop, possibly before this returns. The session may be closed on a later turn of the
    /// loop, so use it within `done`.
    package func find(_ value: UniqueValue, done: @escaping (Finding) -> Void) { search(value, done) }

    /// Stores a fact that concerns no open session. Calls `onAnswer` exactly once, on the event loop, when the fact is
    /// on disk or was refused.
    package func note(_ fact: NetworkFact, onAnswer: @escaping (EventSink.StorageAnswer) -> Void) {
        record(fact, onAnswer)
    }
}

/// A login value that no two users of a gateway share (`FormField.unique`), with the name of its field.
package struct UniqueValue: Sendable, Hashable, Codable {
    package let field: String
    package let value: String

    package init(_ field: String, _ value: String) {
        self.field = field
        self.value = value
    }
}
