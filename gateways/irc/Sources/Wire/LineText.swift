import Basics

/// Decodes the bytes of a line. IRC declares no encoding: UTF-8 is usual, and old clients write Latin-1.
enum LineText {
    /// Decodes the bytes as UTF-8 if they are valid, else as Windows-1252, where every byte is a character (as in the
    /// Encoding Standard §9).
    ///
    /// A server that cuts a long UTF-8 line at 512 bytes may cut within a character. If the bytes before it are valid
    /// UTF-8 and not only ASCII, only the cut character is dropped.
    static func decode(_ bytes: UnsafeRawBufferPointer) -> String {
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        if let whole = withoutTornEnd(bytes), whole.contains(where: { $0 >= 0x80 }),
            let text = String(validating: whole, as: UTF8.self)
        {
            return text
        }
        return Windows1252.decode(bytes)
    }

    /// The bytes without the cut character at their end. Nil if the last character has all the bytes that its first
    /// byte announces.
    private static func withoutTornEnd(_ bytes: UnsafeRawBufferPointer) -> Slice<UnsafeRawBufferPointer>? {
        guard let lead = bytes.suffix(3).lastIndex(where: { $0 >= 0xC2 }) else { return nil }
        let announced = bytes[lead] >= 0xF0 ? 4 : bytes[lead] >= 0xE0 ? 3 : 2
        let tail = bytes[(lead + 1)...]
        guard tail.count + 1 < announced, tail.allSatisfy({ (0x80..<0xC0).contains($0) }) else { return nil }
        return bytes[..<lead]
    }
}
