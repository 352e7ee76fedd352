import NIOConcurrencyHelpers

/// Holds a thread until the gate is opened.
final class Gate: Sendable {
    private let lock = ConditionLock(value: false)

    func wait() {
        lock.lock(whenValue: true)
        lock.unlock()
    }

    func open() {
        lock.lock()
        lock.unlock(withValue: true)
    }
}
