/// A change that was submitted and not yet committed.
struct PendingChange: Sendable {
    let change: Change
    let reply: Registry.Reply
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

/// Whether writing works, so that the operator is told once about each change of that; and where it works now and
/// then, as on a disk that is nearly full, once a minute.
struct Outage: Sendable {
    enum Turn: Equatable { case none, began(RegistryError), ended(refused: Int) }

    static let pause = Duration.seconds(60)

    /// Why nothing can be written now; nil if it can. Unlike what is told, it changes each time.
    private(set) var reason: RegistryError?

    /// Changes, since the operator was last told that it works.
    private var refused = 0
    private var isTold = false
    private var told: ContinuousClock.Instant?

    /// Call it after each batch, with the reason why it could not be written, or nil.
    mutating func update(_ reason: RegistryError?, changes: Int, now: ContinuousClock.Instant) -> Turn {
        self.reason = reason
        if let reason {
            refused += changes
            guard !isTold, told.map({ now - $0 >= Self.pause }) ?? true else { return .none }
            (isTold, told) = (true, now)
            return .began(reason)
        }
        guard isTold else { return .none }
        defer { (isTold, refused) = (false, 0) }
        return .ended(refused: refused)
    }
}
