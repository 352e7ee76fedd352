import NIOCore

/// Bounds the entries of channel lists that all sessions of an adapter keep together, and their searches.
final class ListBudget {
    /// The number of entries for all sessions. One entry takes 200 bytes at most, and about 100 on real networks.
    static let limit = 400_000

    /// The time between two slices of searches (`ListSearch`), of all sessions together.
    static let sliceInterval = TimeAmount.milliseconds(1)

    private(set) var used = 0
    private var lastSlice = NIODeadline.uptimeNanoseconds(0)

    /// Takes room for one entry. Returns false if there is none.
    func take() -> Bool {
        guard used < ListBudget.limit else { return false }
        used += 1
        return true
    }

    /// Gives back the room of entries that were freed.
    func give(back entries: Int) { used -= entries }

    /// The time for the next slice of a search. Each slice of each session has a time of its own.
    func reserveSlice(now: NIODeadline) -> NIODeadline {
        lastSlice = max(lastSlice, now) + ListBudget.sliceInterval
        return lastSlice
    }
}
