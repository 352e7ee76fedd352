/// A range of IP addresses, `192.0.2.0/24` or `2001:db8::/32` (RFC 4632 §3.1, RFC 4291 §2.3); one address without `/`.
package struct AddressRange: Hashable, Sendable {
    private let first: IPAddress
    /// Bits that count.
    private let prefix: Int

    /// Nil if the text is no such range.
    package init?(_ text: String) {
        let sides = text.split(separator: "/", omittingEmptySubsequences: false)
        guard sides.count <= 2, let first = IPAddress(sides[0]) else { return nil }
        self.first = first
        guard sides.count == 2 else {
            prefix = first.bytes.count * 8
            return
        }
        guard !sides[1].isEmpty, sides[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }), let prefix = Int(sides[1]),
            prefix <= first.bytes.count * 8
        else { return nil }
        self.prefix = prefix
    }

    /// Whether the address lies in the range.
    package func contains(_ address: IPAddress) -> Bool {
        let (mine, other) = (first.bytes, address.bytes)
        guard other.count == mine.count else { return false }
        let whole = prefix / 8
        guard mine.prefix(whole) == other.prefix(whole) else { return false }
        let rest = prefix % 8
        return rest == 0 || mine[whole] >> (8 - rest) == other[whole] >> (8 - rest)
    }

    /// The same for an address as text; false if it is none.
    package func contains(_ address: String) -> Bool { IPAddress(address).map(contains) ?? false }
}
