import Basics

/// The position of a `PlainReader`, and the smallest things that it reads. No function looks beyond the given bytes.
struct PlainCursor {
    private let bytes: UnsafeBufferPointer<UInt8>
    var index = 0
    /// Whether the last text or value contains a `&`.
    private(set) var sawReference = false
    /// Whether the last text or value is ASCII only.
    private(set) var isASCII = true

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// Moves behind the next byte if that byte is the given one; false otherwise.
    @inline(__always)
    mutating func take(_ byte: UInt8) -> Bool {
        guard index < bytes.count, bytes[index] == byte else { return false }
        index += 1
        return true
    }

    /// Reads a name of ASCII letters, digits, `-`, `_` and `.` that begins with a letter or `_`. Nil if there is no
    /// such name, or if the name may continue behind the given bytes.
    mutating func name() -> UnsafeBufferPointer<UInt8>? {
        let start = index
        var end = start
        while end < bytes.count, Self.isName(bytes[end]) { end += 1 }
        guard end < bytes.count, end > start, bytes[start] | 0x20 >= 0x61 else { return nil }
        index = end
        return UnsafeBufferPointer(rebasing: bytes[start..<end])
    }

    @inline(__always)
    private static func isName(_ byte: UInt8) -> Bool {
        // Bits of the digits, `-` and `.`, then of the letters and `_`.
        let low: UInt64 = 0x03FF_6000_0000_0000
        let high: UInt64 = 0x07FF_FFFE_87FF_FFFE
        guard byte < 0x80 else { return false }
        return ((byte < 64 ? low : high) >> UInt64(byte & 63)) & 1 == 1
    }

    /// Reads a value behind an attribute's name: `=`, a quote, and everything up to the next quote of the same kind.
    mutating func quoted() -> UnsafeBufferPointer<UInt8>? {
        guard take(UInt8(ascii: "=")), index < bytes.count else { return nil }
        let quote = bytes[index]
        guard quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else { return nil }
        // No TAB, LF or CR may occur, because libxml2 would turn it into a space (XML §3.3.3).
        return plain(upTo: quote, from: index + 1, allowing: 0)
    }

    /// Reads text up to the next `<`; the text may be empty.
    mutating func text() -> UnsafeBufferPointer<UInt8>? {
        plain(upTo: UInt8(ascii: "<"), from: index, allowing: 1 << 0x09 | 1 << 0x0A)
    }

    /// Reads characters that stand for themselves, and `&`, up to `end`, and moves behind `end`. Nil if there is a `<`
    /// or `>` (`]]>` may not stand in text), or a byte 0xEF, with which the characters begin that XML forbids.
    private mutating func plain(
        upTo end: UInt8, from start: Int, allowing controls: UInt32
    ) -> UnsafeBufferPointer<UInt8>? {
        sawReference = false
        isASCII = true
        var position = start
        while let found = firstSpecial(from: position) {
            switch bytes[found] {
            case end:
                index = found + 1
                return UnsafeBufferPointer(rebasing: bytes[start..<found])
            case let byte where byte < 0x20: guard controls >> UInt32(byte) & 1 == 1 else { return nil }
            case UInt8(ascii: "&"): sawReference = true
            case UInt8(ascii: "<"), UInt8(ascii: ">"), 0xEF: return nil
            case 0x80...: isASCII = false
            default: break
            }
            position = found + 1
        }
        return nil
    }

    /// The index of the next byte that is not visible ASCII or a space, or that is a quote, `&`, `<` or `>`. If `isASCII`
    /// is false already, most bytes of other characters are skipped, because they change nothing.
    private func firstSpecial(from start: Int) -> Int? {
        let high = ByteScan.block(isASCII ? 0x80 : 0xEF)
        return ByteScan.firstIndex(in: UnsafeRawBufferPointer(bytes), from: start) { block in
            (block .< ByteScan.block(0x20)) .| (block .== ByteScan.block(0x22))
                .| ((block & ByteScan.block(0xFE)) .== ByteScan.block(0x26))
                .| ((block & ByteScan.block(0xFD)) .== ByteScan.block(0x3C)) .| (block .>= high)
        }
    }

    /// Reads the rest of an end tag of that name; false if the tag is another.
    mutating func takeEndTag(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
        guard bytes.count - index > name.count else { return false }
        for offset in 0..<name.count where bytes[index + offset] != name[offset] { return false }
        index += name.count
        return take(UInt8(ascii: ">"))
    }

    /// The character that one of the five predefined references (XML §4.6) stands for, and the length of the
    /// reference.
    static func reference(_ bytes: UnsafeBufferPointer<UInt8>) -> (UInt8, Int)? {
        for (name, byte) in references where bytes.count >= name.utf8CodeUnitCount {
            let candidate = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
            if bytes.prefix(candidate.count).elementsEqual(candidate) { return (byte, candidate.count) }
        }
        return nil
    }

    private static let references: [(StaticString, UInt8)] = [
        ("&amp;", 0x26), ("&lt;", 0x3C), ("&gt;", 0x3E), ("&quot;", 0x22), ("&apos;", 0x27),
    ]
}
