import XML

/// The addresses read last, found again by their text: on one stream the same few thousand come again and again.
///
/// A text that was read before gives the very same address without being prepared again, and what has the same
/// address compares by identity from there on. Of a fixed size: a newcomer takes the place of whoever has it.
package struct JIDCache {
    /// Longer addresses are rare, and could be sent to fill the memory.
    private static let maxBytes = 256

    private let slots: Int
    /// The texts, and at the same places what they stand for; empty until the first is read.
    private var texts: [String] = []
    private var jids: [JID?] = []

    /// - Parameter slots: a power of two, or zero to remember nothing.
    package init(slots: Int = 2048) { self.slots = slots }

    /// The address that `JID(text)` gives.
    package mutating func read(_ text: String) throws(JIDError) -> JID {
        guard slots > 0, let slot = slot(of: text) else { return try JID(text) }
        if jids.isEmpty {
            texts = Array(repeating: "", count: slots)
            jids = Array(repeating: nil, count: slots)
        }
        if texts.span[slot].hasSameBytes(as: text), let jid = jids[slot] { return jid }
        let jid = try JID(text)
        texts[slot] = text
        jids[slot] = jid
        return jid
    }

    /// Where a text may be; nil if nowhere. Texts made to meet in one place cost a reading each, no more.
    private func slot(of text: String) -> Int? {
        let slot = text.utf8.withContiguousStorageIfAvailable { bytes in
            bytes.count <= Self.maxBytes ? bytes.quickHash & (slots - 1) : nil
        }
        return slot ?? nil
    }
}

extension String {
    /// Unlike `==`, which takes different bytes for one text where Unicode does.
    fileprivate func hasSameBytes(as other: String) -> Bool {
        utf8.withContiguousStorageIfAvailable { $0.isText(other) } ?? false
    }
}
