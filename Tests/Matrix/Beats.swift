import Synchronization

/// A counter for several threads.
final class Beats: Sendable {
    private let count = Atomic(0)

    func next() -> Int { count.add(1, ordering: .relaxed).oldValue }
}
