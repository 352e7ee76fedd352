/// The texts read last, so that a text that comes again and again is made only once. A new text replaces the text that
/// has its slot.
struct TextTable {
    private static let slots = 1024
    /// Shorter texts need no memory of their own, and longer texts are rare.
    private static let kept = 16...256
    private var texts: [String] = []

    /// Returns the ASCII bytes as a string.
    mutating func text(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
        guard Self.kept.contains(bytes.count) else { return String(decoding: bytes, as: UTF8.self) }
        if texts.isEmpty { texts = Array(repeating: "", count: Self.slots) }
        let slot = bytes.quickHash & (Self.slots - 1)
        if bytes.isText(texts[slot]) { return texts[slot] }
        let text = String(decoding: bytes, as: UTF8.self)
        texts[slot] = text
        return text
    }
}
