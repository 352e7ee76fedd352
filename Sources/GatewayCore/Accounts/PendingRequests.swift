import DequeModule
import GatewayKit

/// The requests of one user that have no outcome yet, in the order they were made.
///
/// Their numbers only grow, and the network mostly answers them in order: the next one answered stands first.
struct PendingRequests: ~Copyable {
    struct Entry {
        let number: UInt64
        let reason: Continuation
    }

    private var entries = UniqueDeque<Entry>()
    /// With more room than this, the memory is given back when there are none.
    private static let keptCapacity = 64

    var count: Int { entries.count }
    var isEmpty: Bool { entries.isEmpty }

    /// - Parameter number: higher than all before.
    mutating func add(_ number: UInt64, _ reason: consuming Continuation) {
        entries.append(Entry(number: number, reason: reason))
    }

    /// Takes out the request that has its outcome; nil if it is none of these.
    mutating func take(_ id: RequestID) -> Continuation? {
        guard let number = id.number, let index = index(of: number) else { return nil }
        let entry = index == 0 ? entries.removeFirst() : entries.remove(at: index)
        if entries.isEmpty, entries.capacity > Self.keptCapacity { entries = UniqueDeque() }
        return entry.reason
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
