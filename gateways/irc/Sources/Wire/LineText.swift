/// Turns the bytes of a line into text. IRC has no declared encoding: UTF-8 is usual, old clients write Latin-1.
enum LineText {
    /// UTF-8 if it is that, else Windows-1252, where every byte means something (as in the Encoding Standard §9).
    ///
    /// A server that cuts a long UTF-8 line at 512 bytes may cut a character: if the rest is UTF-8 beyond ASCII,
    /// only that torn character is dropped.
    static func decode(_ bytes: UnsafeRawBufferPointer) -> String {
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        if let whole = withoutTornEnd(bytes), whole.contains(where: { $0 >= 0x80 }),
            let text = String(validating: whole, as: UTF8.self)
        {
            return text
        }
        var text: String.UnicodeScalarView = "".unicodeScalars
        for byte in bytes { text.append(scalar(windows1252: byte)) }
        return String(text)
    }

    /// The bytes up to the last lead byte, if fewer bytes follow it than it announces.
    private static func withoutTornEnd(_ bytes: UnsafeRawBufferPointer) -> Slice<UnsafeRawBufferPointer>? {
        guard let lead = bytes.suffix(3).lastIndex(where: { $0 >= 0xC2 }) else { return nil }
        let announced = bytes[lead] >= 0xF0 ? 4 : bytes[lead] >= 0xE0 ? 3 : 2
        let tail = bytes[(lead + 1)...]
        guard tail.count + 1 < announced, tail.allSatisfy({ (0x80..<0xC0).contains($0) }) else { return nil }
        return bytes[..<lead]
    }

    private static func scalar(windows1252 byte: UInt8) -> Unicode.Scalar {
        guard (0x80..<0xA0).contains(byte) else { return Unicode.Scalar(byte) }
        return upperControls[Int(byte) - 0x80]
    }

    /// What Windows-1252 has at 0x80…0x9F; the five holes are the C1 controls of the same number.
    private static let upperControls: [Unicode.Scalar] = [
        "\u{20AC}", "\u{81}", "\u{201A}", "\u{192}", "\u{201E}", "\u{2026}", "\u{2020}", "\u{2021}",
        "\u{2C6}", "\u{2030}", "\u{160}", "\u{2039}", "\u{152}", "\u{8D}", "\u{17D}", "\u{8F}",
        "\u{90}", "\u{2018}", "\u{2019}", "\u{201C}", "\u{201D}", "\u{2022}", "\u{2013}", "\u{2014}",
        "\u{2DC}", "\u{2122}", "\u{161}", "\u{203A}", "\u{153}", "\u{9D}", "\u{17E}", "\u{178}",
    ]
}
