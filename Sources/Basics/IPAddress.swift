import Glibc

/// An IPv4 or IPv6 address without a port. An IPv4-mapped IPv6 address (`::ffff:192.0.2.1`, RFC 4291 §2.5.5.2) becomes
/// the IPv4 address.
package struct IPAddress: Hashable, Sendable {
    /// 4 or 16 bytes in network order.
    package let bytes: [UInt8]

    /// - Parameter bytes: 4 or 16 bytes, not an IPv4-mapped IPv6 address. Nothing checks this.
    init(exactly bytes: [UInt8]) { self.bytes = bytes }

    /// Reads an address from its bytes in network order. Nil unless there are 4 or 16 bytes.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        let isMapped = bytes.count == 16 && bytes.starts(with: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF])
        self.bytes = Array(isMapped ? bytes.suffix(4) : bytes.suffix(16))
    }

    /// Reads `192.0.2.1` or `2001:db8::1`, without brackets and zone. Nil if the text is neither.
    package init?(_ text: some StringProtocol) {
        guard let bytes = text.contains(":") ? Self.version6(String(text)) : Self.version4(String(text)) else {
            return nil
        }
        self.init(bytes: bytes)
    }

    /// The first address of the range that one subscriber has: an IPv4 address itself, or the /64 of an IPv6 address
    /// (RFC 6177 §2). Limits per caller count these ranges, because a caller can use every address of its own range.
    package var subnet: IPAddress {
        bytes.count == 4 ? self : IPAddress(exactly: bytes.prefix(8) + [UInt8](repeating: 0, count: 8))
    }
}

extension IPAddress: CustomStringConvertible {
    /// The address as `init(_:)` reads it. An IPv6 address has its short form (RFC 5952).
    package var description: String {
        guard bytes.count == 16 else { return bytes.map { String($0) }.joined(separator: ".") }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        bytes.withUnsafeBytes { _ = inet_ntop(AF_INET6, $0.baseAddress, &text, socklen_t(text.count)) }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

extension IPAddress {
    private static func version4(_ text: String) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let bytes = parts.compactMap { $0.isDecimal ? UInt8($0) : nil }
        return parts.count == 4 && bytes.count == 4 ? bytes : nil
    }

    private static func version6(_ text: String) -> [UInt8]? {
        guard text.utf8.count <= 45 else { return nil }
        guard let gap = text.firstRange(of: "::") else {
            let bytes = groups(text)
            return bytes?.count == 16 ? bytes : nil
        }
        guard let head = groups(String(text[..<gap.lowerBound])), let tail = groups(String(text[gap.upperBound...])),
            head.count + tail.count < 16
        else { return nil }
        return head + [UInt8](repeating: 0, count: 16 - head.count - tail.count) + tail
    }

    private static func groups(_ text: String) -> [UInt8]? {
        guard !text.isEmpty else { return [] }
        var bytes: [UInt8] = []
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if index == parts.count - 1, part.contains("."), let last = version4(String(part)) {
                bytes += last
            } else {
                guard part.utf8.count <= 4, let group = Hex.number(part.utf8) else { return nil }
                bytes += [UInt8(group >> 8), UInt8(group & 0xFF)]
            }
        }
        return bytes
    }
}

extension Substring {
    /// One to three ASCII digits.
    fileprivate var isDecimal: Bool { utf8.count <= 3 && isASCIIDigits }
}
