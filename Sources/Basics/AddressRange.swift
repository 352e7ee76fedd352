/// A range of IP addresses: `192.0.2.0/24` or `2001:db8::/32` (RFC 4632 §3.1, RFC 4291 §2.3). Without `/` it is a
/// single address.
package struct AddressRange: Hashable, Sendable {
    private let first: IPAddress
    /// How many leading bits of an address must equal those of `first`.
    private let prefix: Int

    private init(_ bytes: [UInt8], _ length: Int, _ bits: Int) {
        first = IPAddress(
            exactly: Array(bytes.prefix(length)) + Array(repeating: 0, count: max(0, length - bytes.count)))
        prefix = min(max(bits, 0), 8 * length)
    }

    /// The IPv4 range whose first address begins with these bytes, for tables in the source: `.v4([10], 8)`.
    package static func v4(_ bytes: [UInt8], _ bits: Int) -> AddressRange { AddressRange(bytes, 4, bits) }

    /// The same for IPv6: `.v6([0xFC], 7)`.
    package static func v6(_ bytes: [UInt8], _ bits: Int) -> AddressRange { AddressRange(bytes, 16, bits) }

    /// Reads a range or a single address. Nil if the text is neither.
    package init?(_ text: String) {
        let sides = text.split(separator: "/", omittingEmptySubsequences: false)
        guard sides.count <= 2, let first = IPAddress(sides[0]) else { return nil }
        self.first = first
        guard sides.count == 2 else {
            prefix = first.bytes.count * 8
            return
        }
        guard sides[1].isASCIIDigits, let prefix = Int(sides[1]), prefix <= first.bytes.count * 8
        else { return nil }
        self.prefix = prefix
    }

    /// How many leading bits the addresses of the range have in common.
    package var prefixLength: Int { prefix }

    package var isVersion6: Bool { first.bytes.count == 16 }

    /// The address that has the prefix of the range and, behind it, the bits that `bits` has in these places. It is
    /// never the first address of a range of several, because that one belongs to routers (RFC 4291 §2.6.1).
    ///
    /// - Parameter bits: at least as many bytes as the address has. Missing bytes count as zero.
    package func address(withHostBits bits: [UInt8]) -> IPAddress {
        var bytes = first.bytes
        var isFirst = true
        for index in bytes.indices {
            let ours = min(max(prefix - 8 * index, 0), 8)
            let mask = ours == 0 ? 0 : UInt8(0xFF) << (8 - ours)
            let free = (index < bits.count ? bits[index] : 0) & ~mask
            if free != 0 { isFirst = false }
            bytes[index] = bytes[index] & mask | free
        }
        if isFirst, prefix < 8 * bytes.count { bytes[bytes.count - 1] |= 1 }
        return IPAddress(exactly: bytes)
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

    /// Whether the address in the text lies in the range. False if the text is no address.
    package func contains(_ address: String) -> Bool { IPAddress(address).map(contains) ?? false }
}

extension AddressRange: CustomStringConvertible {
    /// The range as `init(_:)` reads it.
    package var description: String { "\(first)/\(prefix)" }
}
