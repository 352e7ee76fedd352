import Registry

/// A change that has been submitted, but not committed yet.
struct PendingChange: Sendable {
    let change: Change
    let reply: StoreReply<ChangeReply>
}

/// The submitted changes in the order of their submission, at most `limit`.
struct ChangeQueue: Sendable {
    /// The result of `append`. After `waiting` and `wake` the change is in the queue; after `full` and `closed` it is
    /// not.
    enum Admission {
        /// The writer is running, and will take the change.
        case waiting
        /// The writer is idle: the caller must start it.
        case wake
        case full, closed
    }

    private let limit: Int
    private var items: [PendingChange] = []
    /// Items before this index have been taken.
    private var head = 0
    private var isDraining = false
    var isClosed = false

    init(limit: Int) { self.limit = limit }

    var count: Int { items.count - head }

    /// Appends a change, if the queue is open and has room.
    mutating func append(_ item: PendingChange) -> Admission {
        if isClosed { return .closed }
        if count >= limit { return .full }
        items.append(item)
        if isDraining { return .waiting }
        isDraining = true
        return .wake
    }

    /// Removes and returns up to `most` of the oldest items. Nil if there are none; then the writer counts as idle, and
    /// must stop.
    mutating func take(_ most: Int) -> [PendingChange]? {
        let taken = Array(items[head...].prefix(most))
        head += taken.count
        if head * 2 >= items.count {
            items.removeFirst(head)
            head = 0
        }
        if taken.isEmpty { isDraining = false }
        return taken.isEmpty ? nil : taken
    }
}
