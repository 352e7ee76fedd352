import Registry

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
