/// Texts read last, so that those that come again and again are made once. A newcomer takes the place of whoever
/// has it.
struct TextTable {
    private static let slots = 1024
    /// Shorter texts need no memory of their own, longer ones are rare.
    private static let kept = 16...256
    private var texts: [String] = []

    /// ASCII as text.
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
