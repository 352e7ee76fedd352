/// Keeps the strings of short ASCII names, such as those of elements and attributes. The same few names come in every
/// stanza, and a look-up takes a third of the time of making a new string. A new name replaces the name in its slot.
struct ShortNameTable {
    private static let slots = 64
    /// The bytes of each name as one number; zero in an empty slot.
    private var words = [UInt64](repeating: 0, count: slots)
    private var names = [String](repeating: "", count: slots)

    /// Returns the name, and a number with one bit set. Equal names have the same bit; two different names seldom do.
    /// So a new bit proves a new name.
    ///
    /// - Parameter bytes: ASCII without NUL.
    mutating func read(_ bytes: UnsafeBufferPointer<UInt8>) -> (name: String, bit: UInt64) {
        guard bytes.count <= 8 else { return (String(decoding: bytes, as: UTF8.self), 1) }
        var word: UInt64 = 0
        for byte in bytes { word = word << 8 | UInt64(byte) }
        let slot = Int(truncatingIfNeeded: (word &* 0x9E37_79B9_7F4A_7C15) >> 58)
        if words[slot] != word {
            words[slot] = word
            names[slot] = String(decoding: bytes, as: UTF8.self)
        }
        return (names[slot], 1 << UInt64(slot))
    }
}
