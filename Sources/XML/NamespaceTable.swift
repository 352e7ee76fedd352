/// The namespaces that libxml2 has accepted: their bytes in the stream and their names in memory.
///
/// Some namespaces may not be declared at all (Namespaces in XML §3). libxml2 has checked that for every namespace in
/// this table.
struct NamespaceTable {
    private static let slots = 256
    private static let probes = 8
    private var entries: [(raw: String, name: String)?] = []

    /// The name in memory; nil if libxml2 has to check the namespace.
    func name(for raw: UnsafeBufferPointer<UInt8>) -> String? {
        guard !entries.isEmpty else { return nil }
        let hash = raw.quickHash
        for probe in 0..<Self.probes {
            guard let entry = entries[(hash + probe) & (Self.slots - 1)] else { return nil }
            if raw.isText(entry.raw) { return entry.name }
        }
        return nil
    }

    /// Remembers a namespace. If all its slots are taken, the table is emptied first.
    ///
    /// `raw` is the namespace as libxml2 has read it. That equals the bytes in the stream unless they held a
    /// reference; namespaces with `&` are therefore not remembered.
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
