import Registry

/// Tracks whether the file can be written, and decides when to tell the operator. The operator hears of the beginning
/// and the end of an outage. If writing fails only now and then, as on a nearly full disk, the operator hears of a new
/// outage at most once a minute.
struct Outage: Sendable {
    /// The line to log after an update.
    enum LogLine: Equatable {
        case none
        case began(RegistryError)
        /// Writing works again. `refused` changes have failed since the operator last heard so.
        case ended(refused: Int)
    }

    /// The shortest time between two lines about the beginning of an outage.
    static let pause = Duration.seconds(60)

    /// The reason why the last batch could not be written; nil if it was written. It follows every batch, also when the
    /// operator hears nothing.
    private(set) var reason: RegistryError?

    /// Changes that have failed since the operator last heard that writing works.
    private var refused = 0
    /// Whether the operator has heard of the present outage.
    private var isReported = false
    /// When the operator last heard of the beginning of an outage.
    private var lastReported: ContinuousClock.Instant?

    /// Call it after each batch, with the reason why the batch could not be written, or nil if it was written.
    mutating func update(_ reason: RegistryError?, changes: Int, now: ContinuousClock.Instant) -> LogLine {
        self.reason = reason
        if let reason {
            refused += changes
            guard !isReported, lastReported.map({ now - $0 >= Self.pause }) ?? true else { return .none }
            (isReported, lastReported) = (true, now)
            return .began(reason)
        }
        guard isReported else { return .none }
        defer { (isReported, refused) = (false, 0) }
        return .ended(refused: refused)
    }
}
