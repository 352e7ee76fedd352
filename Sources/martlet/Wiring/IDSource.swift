import Synchronization

/// Makes ids that are unique for ever: 80 random bits of this run, then a count.
final class IDSource: Sendable {
    private let prefix: String
    private let count = Atomic<UInt64>(0)
    private static let digits: StaticString = "0123456789abcdefghijklmnopqrstuvwxyz"

    init() {
        var random = SystemRandomNumberGenerator()
        let high = UInt64.random(in: .min ... .max, using: &random)
        let low = UInt16.random(in: .min ... .max, using: &random)
        prefix = "m\(String(high, radix: 36))\(String(low, radix: 36))-"
    }

    /// In one piece, the count with its last digit first: each stanza needs one.
    func next() -> String {
        var number = count.wrappingAdd(1, ordering: .relaxed).newValue
        return prefix.utf8.span.withUnsafeBufferPointer { prefix in
            // 13 digits are what 64 bits can need (36¹³ > 2⁶⁴).
            String(unsafeUninitializedCapacity: prefix.count + 13) { id in
                var length = id.update(fromContentsOf: prefix)
                repeat {
                    id[length] = Self.digits.utf8Start[Int(number % 36)]
                    number /= 36
                    length += 1
                } while number > 0
                return length
            }
        }
    }
}
