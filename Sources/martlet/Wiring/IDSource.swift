import Synchronization

/// Makes ids that are unique for ever: 80 random bits of this run, then a count.
final class IDSource: Sendable {
    private let prefix: String
    private let count = Atomic<UInt64>(0)

    init() {
        var random = SystemRandomNumberGenerator()
        let high = UInt64.random(in: .min ... .max, using: &random)
        let low = UInt16.random(in: .min ... .max, using: &random)
        prefix = "m\(String(high, radix: 36))\(String(low, radix: 36))-"
    }

    func next() -> String {
        prefix + String(count.wrappingAdd(1, ordering: .relaxed).newValue, radix: 36)
    }
}
