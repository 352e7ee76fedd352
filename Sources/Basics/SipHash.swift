/// The keyed hash SipHash-2-4 (Aumasson and Bernstein, "SipHash: a fast short-input PRF"). Without the key, nobody can
/// compute or predict a hash. With the same key, every process computes the same hashes.
package struct SipHash: Sendable {
    private let key: (UInt64, UInt64)

    /// - Parameter key: secret, and the same wherever the same hashes are needed.
    package init(key: (UInt64, UInt64)) { self.key = key }

    /// The hash of a text.
    package func callAsFunction(_ text: String) -> UInt64 {
        var text = text
        return text.withUTF8 { callAsFunction(UnsafeRawBufferPointer($0)) }
    }

    /// The hash of bytes.
    package func callAsFunction(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var state = State(key)
        let whole = bytes.count & ~7
        for start in stride(from: 0, to: whole, by: 8) {
            state.take(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self)))
        }
        var last = UInt64(truncatingIfNeeded: bytes.count) << 56
        for index in whole..<bytes.count { last |= UInt64(bytes[index]) << (8 * UInt64(index - whole)) }
        state.take(last)
        return state.finish()
    }

    private struct State {
        private var v0: UInt64
        private var v1: UInt64
        private var v2: UInt64
        private var v3: UInt64

        init(_ key: (UInt64, UInt64)) {
            v0 = key.0 ^ 0x736f_6d65_7073_6575
            v1 = key.1 ^ 0x646f_7261_6e64_6f6d
            v2 = key.0 ^ 0x6c79_6765_6e65_7261
            v3 = key.1 ^ 0x7465_6462_7974_6573
        }

        mutating func take(_ word: UInt64) {
            v3 ^= word
            round()
            round()
            v0 ^= word
        }

        mutating func finish() -> UInt64 {
            v2 ^= 0xff
            for _ in 0..<4 { round() }
            return v0 ^ v1 ^ v2 ^ v3
        }

        private mutating func round() {
            v0 &+= v1
            v1 = Self.turn(v1, 13) ^ v0
            v0 = Self.turn(v0, 32)
            v2 &+= v3
            v3 = Self.turn(v3, 16) ^ v2
            v0 &+= v3
            v3 = Self.turn(v3, 21) ^ v0
            v2 &+= v1
            v1 = Self.turn(v1, 17) ^ v2
            v2 = Self.turn(v2, 32)
        }

        private static func turn(_ word: UInt64, _ bits: UInt64) -> UInt64 { word << bits | word >> (64 - bits) }
    }
}
