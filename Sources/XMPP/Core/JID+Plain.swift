extension JID {
    /// Reads an address that is plain ASCII and prepared already, as nearly all addresses are. Nil for any other
    /// address, valid or not.
    init?(plain bytes: UnsafeBufferPointer<UInt8>) {
        guard let domainStart = Self.localEnd(bytes), let end = Self.domainEnd(bytes, from: domainStart) else {
            return nil
        }
        let local = UnsafeBufferPointer(rebasing: bytes[..<max(domainStart - 1, 0)])
        guard local.count <= 1023, end - domainStart <= 1023, bytes.count - end <= 1024 else { return nil }
        var resource: String?
        if end < bytes.count {
            let rest = UnsafeBufferPointer(rebasing: bytes[(end + 1)...])
            guard !rest.isEmpty, rest.allSatisfy({ (0x20..<0x7F).contains($0) }) else { return nil }
            resource = String(decoding: rest, as: UTF8.self)
        }
        let domain = String(decoding: UnsafeBufferPointer(rebasing: bytes[domainStart..<end]), as: UTF8.self)
        let home =
            domainStart == 0
            ? BareAddress(nil, domain)
            : BareAddress(
                String(decoding: local, as: UTF8.self), domain,
                text: String(decoding: UnsafeBufferPointer(rebasing: bytes[..<end]), as: UTF8.self))
        self.init(home, resource: resource)
    }

    /// The offset of the domain: behind the first `@` that is before any `/`, otherwise 0. Nil if a byte before the
    /// domain needs preparation or is forbidden, or if the local part is empty.
    private static func localEnd(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        var index = 0
        var isPlain = true
        while index < bytes.count, bytes[index] != 0x2F {
            let byte = bytes[index]
            if byte == 0x40 { return isPlain && index > 0 ? index + 1 : nil }
            if !isPlainInLocal(byte) { isPlain = false }
            index += 1
        }
        return 0
    }

    /// Whether a part is plain ASCII and prepared already. False for any other part, valid or not.
    static func isPlain(_ text: String, _ part: JIDError.Part) -> Bool {
        let isPlain = text.utf8.withContiguousStorageIfAvailable { bytes in
            guard (1...1023).contains(bytes.count) else { return false }
            switch part {
            case .local: return bytes.allSatisfy(isPlainInLocal)
            case .domain: return domainEnd(bytes, from: 0) == bytes.count
            case .resource: return bytes.allSatisfy { (0x20..<0x7F).contains($0) }
            }
        }
        return isPlain ?? false
    }

    private static func isPlainInLocal(_ byte: UInt8) -> Bool {
        // Bits of the ASCII characters that stay unchanged: all visible ones except A to Z and `"&'/:<>@`.
        let low: UInt64 = 0xABFF_7F3A_0000_0000
        let high: UInt64 = 0x7FFF_FFFF_F800_0000
        guard byte < 0x80 else { return false }
        return ((byte < 64 ? low : high) >> UInt64(byte & 63)) & 1 == 1
    }

    /// The offset of the domain's end: at a `/` or at the end. Nil unless the domain consists of labels of lower-case
    /// letters, digits and inner hyphens.
    private static func domainEnd(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        var index = start
        var label = start
        while index < bytes.count, bytes[index] != 0x2F {
            switch bytes[index] {
            case 0x61...0x7A, 0x30...0x39: break
            case 0x2D: if index == label { return nil }
            case 0x2E:
                guard isLabel(bytes, label, index) else { return nil }
                label = index + 1
            default: return nil
            }
            index += 1
        }
        return isLabel(bytes, label, index) ? index : nil
    }

    private static func isLabel(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) -> Bool {
        end > start && end - start <= 63 && bytes[end - 1] != 0x2D
    }
}
