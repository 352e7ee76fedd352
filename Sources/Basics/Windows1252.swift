/// Decodes Windows-1252, the character set of old Western texts, as the WHATWG Encoding Standard defines it (§9, index
/// windows-1252). Texts in ISO-8859-1 read correctly too: the two sets differ only in the bytes 0x80 to 0x9F, which
/// such texts do not use.
package enum Windows1252 {
    /// Decodes each byte to one character. Decoding cannot fail, because every byte is a character.
    package static func decode(_ bytes: some Sequence<UInt8>) -> String {
        var text = String.UnicodeScalarView()
        for byte in bytes { text.append(scalar(byte)) }
        return String(text)
    }

    private static func scalar(_ byte: UInt8) -> Unicode.Scalar {
        (0x80...0x9F).contains(byte) ? special[Int(byte) - 0x80] : Unicode.Scalar(byte)
    }

    /// The characters of 0x80 to 0x9F. The five bytes without a printable character decode to the control characters of
    /// the same number.
    private static let special = Array(
        ("€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8D}Ž\u{8F}" + "\u{90}‘’“”•–—˜™š›œ\u{9D}žŸ").unicodeScalars)
}
