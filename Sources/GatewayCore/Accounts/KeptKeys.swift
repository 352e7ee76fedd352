/// The keys of the values that the adapter keeps in the registry. The registry answers changes in their order.
struct KeptKeys {
    /// The changes of one key that the registry has not answered.
    private struct Change {
        var number = 0
        /// Whether the latest of them keeps a value. Otherwise it removes the value.
        var keeps = false
    }

    /// The keys whose values are on disk.
    private var stored: Set<String>
    private var changes: [String: Change] = [:]
    /// The number of keys that there are when all changes are on disk.
    private(set) var count: Int

    init(_ stored: Set<String> = []) {
        self.stored = stored
        count = stored.count
    }

    /// Whether there is a value for a key when all changes are on disk.
    func contains(_ key: String) -> Bool { changes[key]?.keeps ?? stored.contains(key) }

    /// The registry is asked to keep or to remove the value of a key.
    mutating func change(_ key: String, keeps: Bool) {
        count += (keeps ? 1 : 0) - (contains(key) ? 1 : 0)
        changes[key, default: Change()].number += 1
        changes[key]?.keeps = keeps
    }

    /// The registry has answered a change.
    mutating func answered(_ key: String, keeps: Bool, isStored: Bool) {
        let before = contains(key)
        if isStored {
            if keeps { stored.insert(key) } else { stored.remove(key) }
        }
        changes[key]?.number -= 1
        if changes[key]?.number == 0 { changes[key] = nil }
        count += (contains(key) ? 1 : 0) - (before ? 1 : 0)
    }
}
