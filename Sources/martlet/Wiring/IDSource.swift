import Synchronization

/// Creates unique ids: 80 random bits, which are the same for one run of the program, followed by a count.
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

    /// Returns the next id. Each stanza needs one, so this is fast: it writes the count with its last digit first, and
    /// allocates the id once.
    func next() -> String {
        var number = count.wrappingAdd(1, ordering: .relaxed).newValue
        return prefix.utf8.span.withUnsafeBufferPointer { prefix in
            // A number of 64 bits has at most 13 digits in base 36 (36¹³ > 2⁶⁴).
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
