/// Bounds the entries of channel lists that all sessions of an adapter keep together.
final class ListBudget {
    /// The number of entries for all sessions. One entry takes 200 bytes at most, and about 100 on real networks.
    static let limit = 400_000

    private(set) var used = 0

    /// Takes room for one entry. Returns false if there is none.
    func take() -> Bool {
        guard used < ListBudget.limit else { return false }
        used += 1
        return true
    }

    /// Gives back the room of entries that were freed.
    func give(back entries: Int) { used -= entries }
}
