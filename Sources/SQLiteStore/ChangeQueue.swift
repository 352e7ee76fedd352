import Registry

/// A change that was submitted and not yet committed.
struct PendingChange: Sendable {
    let change: Change
    let reply: StoreReply<ChangeReply>
}

/// Changes in the order of their submission, bounded.
struct ChangeQueue: Sendable {
    /// What became of an attempt to append.
    enum Admission { case waiting, wake, full, closed }

    private let limit: Int
    private var items: [PendingChange] = []
    /// Items before this index have been taken.
    private var head = 0
    private var isDraining = false
    var isClosed = false

    init(limit: Int) { self.limit = limit }

    var count: Int { items.count - head }

    /// `wake` tells the caller to start the writer, because it is at rest.
    mutating func append(_ item: PendingChange) -> Admission {
        if isClosed { return .closed }
        if count >= limit { return .full }
        items.append(item)
        if isDraining { return .waiting }
        isDraining = true
        return .wake
    }

    /// The oldest items, or nil if there are none: then the writer is at rest.
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
