import Synchronization

/// Remembers the signatures of calls that have been carried out, so that a captured call cannot be made again. It is
/// used from all threads of the listener.
///
/// A signature is claimed when it has been verified. It is released if the event could not be stored, so that the
/// provider's own repetition is accepted. The cache keeps 10,000 signatures and forgets the oldest. A repetition after
/// that is recognised by the id of its message.
final class ReplayCache: Sendable {
    static let most = 10_000

    private struct Key: Hashable {
        let account: String
        let digest: [UInt8]
    }

    private struct State {
        var ends: [Key: Double] = [:]
        var order: [Key] = []
    }

    private let state = Mutex(State())

    /// Returns false if the account's signature has been used. `now` is in seconds since 1970.
    func claim(_ use: Proof.Use, of account: String, now: Double) -> Bool {
        let key = Key(account: account, digest: use.digest)
        return state.withLock { state in
            guard state.ends.updateValue(use.end, forKey: key) == nil else { return false }
            state.order.append(key)
            if state.order.count > Self.most { Self.forget(&state, now: now) }
            return true
        }
    }

    /// Makes the signature good for another call.
    func release(_ use: Proof.Use, of account: String) {
        state.withLock { _ = $0.ends.removeValue(forKey: Key(account: account, digest: use.digest)) }
    }

    /// Forgets what is over, and the oldest tenth. Forgetting many at once keeps the cost of a claim constant on
    /// average.
    private static func forget(_ state: inout State, now: Double) {
        var seen: Set<Key> = []
        let live = state.order.filter { (state.ends[$0] ?? 0) > now && seen.insert($0).inserted }
        state.order = Array(live.suffix(most * 9 / 10))
        let kept = Set(state.order)
        state.ends = state.ends.filter { kept.contains($0.key) }
    }
}
