import Synchronization

/// Bounds the clients of the control socket. Call it from any thread.
final class ControlSlots: Sendable {
    /// Maximum of clients at once.
    static let most = 16

    private let count = Atomic(0)

    /// Takes a place. Returns false if all are taken; then `giveBack` must not be called.
    func take() -> Bool {
        if count.add(1, ordering: .relaxed).newValue <= Self.most { return true }
        giveBack()
        return false
    }

    func giveBack() { count.subtract(1, ordering: .relaxed) }
}
