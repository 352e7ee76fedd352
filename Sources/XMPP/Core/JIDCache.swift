import XML

/// The addresses that were read last, by their text: on one stream the same few thousand addresses come again and
/// again.
///
/// A text that was read before gives the very same address without preparation, and equal addresses then compare by
/// identity. The size is fixed: a new text replaces the text that has its slot.
package struct JIDCache {
    /// Longer addresses are not cached: they are rare, and somebody could send them to fill the memory.
    private static let maxBytes = 256

    private let slots: Int
    /// The texts, and at the same positions the addresses; empty until the first text is read.
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

    /// The slot of a text; nil if the text is not cached. Texts that were made to share a slot only cost a preparation
    /// each.
    private func slot(of text: String) -> Int? {
        let slot = text.utf8.withContiguousStorageIfAvailable { bytes in
            bytes.count <= Self.maxBytes ? bytes.quickHash & (slots - 1) : nil
        }
        return slot ?? nil
    }
}

extension String {
    /// Compares bytes, unlike `==`, which takes different bytes for one text where Unicode does.
    fileprivate func hasSameBytes(as other: String) -> Bool {
        utf8.withContiguousStorageIfAvailable { $0.isText(other) } ?? false
    }
}
