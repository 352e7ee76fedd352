import NIOConcurrencyHelpers

/// Counts from one. For scripts that run on any thread.
final class Counter: Sendable {
    private let value = NIOLockedValueBox(0)

    func next() -> Int {
        value.withLockedValue { value in
            value += 1
            return value
        }
    }
}
