import Basics

/// Decodes the bytes of a line. IRC declares no encoding. UTF-8 is usual; old clients write in the encoding of their
/// country.
enum LineText {
    /// Decodes the bytes as UTF-8 if they are valid, else in the encoding that the network is configured with.
    ///
    /// A server that cuts a long UTF-8 line at 512 bytes may cut within a character. If the bytes before it are valid
    /// UTF-8, only the cut character is dropped.
    static func decode(
        _ bytes: UnsafeRawBufferPointer, else encoding: @autoclosure () -> TextEncoding = .windows1252
    ) -> String {
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        if let whole = withoutTornEnd(bytes), let text = String(validating: whole, as: UTF8.self) { return text }
        return encoding().decode(bytes)
    }

    /// A server may have cut a line that has at least this number of bytes.
    private static let cutLength = 500

    /// The bytes without the cut character at their end. Nil if the last character has all the bytes that its first
    /// byte announces. Nil also if the last byte is more likely a character of another encoding: only one byte is left,
    /// the line is short, and all bytes before it are ASCII.
    private static func withoutTornEnd(_ bytes: UnsafeRawBufferPointer) -> Slice<UnsafeRawBufferPointer>? {
        guard let lead = bytes.suffix(3).lastIndex(where: { $0 >= 0xC2 }) else { return nil }
        let announced = bytes[lead] >= 0xF0 ? 4 : bytes[lead] >= 0xE0 ? 3 : 2
        let tail = bytes[(lead + 1)...]
        guard tail.count + 1 < announced, tail.allSatisfy({ (0x80..<0xC0).contains($0) }) else { return nil }
        guard !tail.isEmpty || bytes.count >= cutLength || bytes[..<lead].contains(where: { $0 >= 0x80 }) else {
            return nil
        }
        return bytes[..<lead]
    }
}
