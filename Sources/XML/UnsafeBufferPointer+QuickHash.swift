import CLibXML2

extension UnsafeBufferPointer<UInt8> {
    /// A hash for tables of a fixed size that may forget entries: fast rather than well distributed, eight bytes at a
    /// time.
    package var quickHash: Int {
        var hash = UInt64(truncatingIfNeeded: count)
        let bytes = UnsafeRawBufferPointer(self)
        var index = 0
        while count - index >= 8 {
            Self.mix(bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self), into: &hash)
            index += 8
        }
        guard index < count else { return Int(truncatingIfNeeded: hash >> 32) }
        if count >= 8 {
            // Mixes in the last eight bytes. Some of them are in the hash already, but one load is fast.
            Self.mix(bytes.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self), into: &hash)
        } else {
            var word: UInt64 = 0
            for byte in bytes { word = word << 8 | UInt64(byte) }
            Self.mix(word, into: &hash)
        }
        return Int(truncatingIfNeeded: hash >> 32)
    }

    @inline(__always)
    private static func mix(_ word: UInt64, into hash: inout UInt64) {
        hash = (hash ^ word) &* 0x9E37_79B9_7F4A_7C15
        hash ^= hash >> 29
    }

    /// Whether the bytes are the UTF-8 of `text`.
    package func isText(_ text: String) -> Bool {
        text.utf8.withContiguousStorageIfAvailable { other in
            guard count == other.count, let start = baseAddress, let otherStart = other.baseAddress else {
                return count == other.count
            }
            return start == otherStart || memcmp(start, otherStart, count) == 0
        } ?? elementsEqual(text.utf8)
    }
}

extension String {
    /// The same hash, of the text's UTF-8.
    package var quickHash: Int {
        utf8.withContiguousStorageIfAvailable { $0.quickHash }
            ?? Array(utf8).withUnsafeBufferPointer { $0.quickHash }
    }
}
