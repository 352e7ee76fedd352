/// The addresses read last, found again by their text: on one stream the same few thousand come again and again.
///
/// A text that was read before gives the very same address without being prepared again, and what has the same
/// address compares by identity from there on. Of a fixed size: a newcomer takes the place of whoever has it.
package struct JIDCache {
    /// Longer addresses are rare, and could be sent to fill the memory.
    private static let maxBytes = 256

    private let slots: Int
    private var entries: [(text: String, jid: JID)?] = []

    /// - Parameter slots: a power of two, or zero to remember nothing.
    package init(slots: Int = 2048) { self.slots = slots }

    /// The address that `JID(text)` gives.
    package mutating func read(_ text: String) throws(JIDError) -> JID {
        guard slots > 0, let slot = slot(of: text) else { return try JID(text) }
        if entries.isEmpty { entries = Array(repeating: nil, count: slots) }
        if let entry = entries[slot], entry.text.hasSameBytes(as: text) { return entry.jid }
        let jid = try JID(text)
        entries[slot] = (text, jid)
        return jid
    }

    /// Where a text may be; nil if nowhere. Quick rather than good: texts made to meet in one place cost a reading
    /// each, no more.
    private func slot(of text: String) -> Int? {
        let slot = text.utf8.withContiguousStorageIfAvailable { bytes -> Int? in
            guard bytes.count <= Self.maxBytes else { return nil }
            var hash = UInt64(truncatingIfNeeded: bytes.count)
            for index in stride(from: 0, to: bytes.count, by: 8) {
                hash = (hash ^ bytes.word(at: index)) &* 0x9E37_79B9_7F4A_7C15
                hash ^= hash >> 29
            }
            return Int(truncatingIfNeeded: hash >> 32) & (slots - 1)
        }
        return slot ?? nil
    }
}

extension String {
    /// Unlike `==`, which takes different bytes for one text where Unicode does.
    fileprivate func hasSameBytes(as other: String) -> Bool {
        let isSame = utf8.withContiguousStorageIfAvailable { mine in
            other.utf8.withContiguousStorageIfAvailable { theirs in
                guard mine.count == theirs.count else { return false }
                for index in stride(from: 0, to: mine.count, by: 8) where mine.word(at: index) != theirs.word(at: index)
                {
                    return false
                }
                return true
            }
        }
        return (isSame ?? nil) ?? utf8.elementsEqual(other.utf8)
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Eight bytes at once, or those that are left.
    @inline(__always)
    fileprivate func word(at index: Int) -> UInt64 {
        let bytes = UnsafeRawBufferPointer(self)
        if count - index >= 8 { return bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self) }
        var word: UInt64 = 0
        for byte in bytes[index...] { word = word << 8 | UInt64(byte) }
        return word
    }
}
