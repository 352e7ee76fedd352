import Synchronization

/// Runs its action the first time only.
final class Once: Sendable {
    private let action: @Sendable () -> Void
    private let isDone = Atomic(false)

    init(_ action: @escaping @Sendable () -> Void) { self.action = action }

    func run() {
        if isDone.exchange(true, ordering: .relaxed) == false { action() }
    }
}
