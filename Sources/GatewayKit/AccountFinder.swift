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

    /// - Parameter search: searches for the account with a value, and calls its second parameter exactly once.
    package init(_ search: @escaping (UniqueValue, @escaping (Finding) -> Void) -> Void) { self.search = search }

    /// Searches for the account that has a value, and opens the account's session if it is not open. Calls `done`
    /// exactly once, on the event loop, possibly before this returns. The session may be closed on a later turn of the
    /// loop, so use it within `done`.
    package func find(_ value: UniqueValue, done: @escaping (Finding) -> Void) { search(value, done) }
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
