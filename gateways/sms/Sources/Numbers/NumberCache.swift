import Synchronization

/// A bounded cache for the results of slow pure functions. It forgets results that have not been used lately.
///
/// It has two generations: a result found in the older generation moves to the younger one; when the younger
/// generation is full, it becomes the older one.
final class NumberCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Generations {
        var young: [Key: Value] = [:]
        var old: [Key: Value] = [:]
    }

    private let capacity: Int
    private let generations = Mutex(Generations())

    /// Makes a cache for at most `capacity` results.
    init(capacity: Int) { self.capacity = max(2, capacity) }

    func value(for key: Key, otherwise make: (Key) -> Value) -> Value {
        if let known = generations.withLock({ Self.look(up: key, in: &$0, capacity) }) { return known }
        let made = make(key)
        generations.withLock { Self.insert(made, for: key, in: &$0, capacity) }
        return made
    }

    var count: Int { generations.withLock { $0.young.count + $0.old.count } }

    private static func look(up key: Key, in generations: inout Generations, _ capacity: Int) -> Value? {
        if let value = generations.young[key] { return value }
        guard let value = generations.old.removeValue(forKey: key) else { return nil }
        insert(value, for: key, in: &generations, capacity)
        return value
    }

    private static func insert(_ value: Value, for key: Key, in generations: inout Generations, _ capacity: Int) {
        if generations.young.count >= capacity / 2 {
            generations.old = generations.young
            generations.young = [:]
        }
        generations.young[key] = value
    }
}
