import DequeModule
import GatewayKit

/// The requests of one user that have no outcome yet, oldest first.
///
/// Request numbers only grow, so a binary search finds any request. Networks mostly answer in order, so the first
/// request is tried before the search.
struct PendingRequests: ~Copyable {
    /// One request.
    struct Entry {
        let number: UInt64
        let reason: Continuation
    }

    private var entries = UniqueDeque<Entry>()
    /// If the queue has more capacity than this when it becomes empty, its memory is freed.
    private static let keptCapacity = 64

    var count: Int { entries.count }
    var isEmpty: Bool { entries.isEmpty }

    /// Adds a request.
    ///
    /// - Parameter number: higher than the numbers of all earlier requests.
    mutating func add(_ number: UInt64, _ reason: consuming Continuation) {
        entries.append(Entry(number: number, reason: reason))
    }

    /// Removes a request that has its outcome, and returns its continuation; nil if there is no such request.
    mutating func take(_ id: RequestID) -> Continuation? {
        guard let number = id.number, let index = index(of: number) else { return nil }
        let entry = index == 0 ? entries.removeFirst() : entries.remove(at: index)
        if entries.isEmpty, entries.capacity > Self.keptCapacity { entries = UniqueDeque() }
        return entry.reason
    }

    /// Whether a request meets the condition.
    func contains(where isMeant: (Continuation) -> Bool) -> Bool {
        entries.indices.contains { isMeant(entries[$0].reason) }
    }

    private func index(of number: UInt64) -> Int? {
        var range = entries.indices
        guard !range.isEmpty, entries[0].number != number else { return range.isEmpty ? nil : 0 }
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            let found = entries[middle].number
            if found == number { return middle }
            range = found < number ? middle + 1..<range.upperBound : range.lowerBound..<middle
        }
        return nil
    }
}
