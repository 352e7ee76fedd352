import Foundation

/// Cuts a component's stream into stanzas by counting tags. It relies on the other side to write XML without comments
/// and without `>` in attributes, as Martlet does.
struct StanzaCutter {
    private var pending: [UInt8] = []
    /// The position at which to go on.
    private var position = 0
    private var start = 0
    /// The depth of nesting; the stream itself has depth 1.
    private var depth = 0

    /// Appends bytes and returns the stanzas that are complete now.
    mutating func feed(_ bytes: some Sequence<UInt8>) -> [String] {
        pending.append(contentsOf: bytes)
        var stanzas: [String] = []
        while let open = pending[position...].firstIndex(of: UInt8(ascii: "<")),
            let close = pending[open...].firstIndex(of: UInt8(ascii: ">"))
        {
            if depth == 1 { start = open }
            position = close + 1
            switch (pending[open + 1], pending[close - 1]) {
            case (UInt8(ascii: "?"), _): continue
            case (UInt8(ascii: "/"), _): depth -= 1
            case (_, UInt8(ascii: "/")): break
            default: depth += 1
            }
            if depth == 1, pending[open + 1] == UInt8(ascii: "/") || pending[close - 1] == UInt8(ascii: "/") {
                stanzas.append(String(decoding: pending[start...close], as: UTF8.self))
            }
        }
        if position > 0, depth <= 1 {
            pending.removeFirst(position)
            position = 0
        }
        return stanzas
    }

    /// The value of an attribute of the stanza's own tag.
    static func attribute(_ name: String, of stanza: String) -> String? {
        let tag = stanza.prefix { $0 != ">" }
        for quote in ["'", "\""] {
            if let from = tag.range(of: " \(name)=\(quote)") {
                return String(tag[from.upperBound...].prefix { String($0) != quote })
            }
        }
        return nil
    }
}
