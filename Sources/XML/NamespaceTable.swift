/// The namespaces that libxml2 has taken, by their bytes in the stream, with their names in memory.
///
/// Some may not be declared at all (Namespaces in XML §3); whoever finds a namespace here need not know which.
struct NamespaceTable {
    private static let slots = 256
    private static let probes = 8
    private var entries: [(raw: String, name: String)?] = []

    /// The name in memory, or nil if libxml2 has to look at it.
    func name(for raw: UnsafeBufferPointer<UInt8>) -> String? {
        guard !entries.isEmpty else { return nil }
        let hash = raw.quickHash
        for probe in 0..<Self.probes {
            guard let entry = entries[(hash + probe) & (Self.slots - 1)] else { return nil }
            if raw.isText(entry.raw) { return entry.name }
        }
        return nil
    }

    /// Remembers a namespace; if there are too many of its kind, all others are forgotten. `raw` is its name as libxml2
    /// has read it, which is what the stream had unless there was a reference; names with `&` are left to libxml2.
    mutating func learn(_ raw: UnsafeBufferPointer<UInt8>, name: String) {
        guard self.name(for: raw) == nil, raw.count <= 256, !raw.contains(UInt8(ascii: "&")) else { return }
        if entries.isEmpty { entries = Array(repeating: nil, count: Self.slots) }
        let hash = raw.quickHash
        var slot = (0..<Self.probes).map { (hash + $0) & (Self.slots - 1) }.first { entries[$0] == nil }
        if slot == nil {
            entries = Array(repeating: nil, count: Self.slots)
            slot = hash & (Self.slots - 1)
        }
        if let slot { entries[slot] = (String(decoding: raw, as: UTF8.self), name) }
    }
}
