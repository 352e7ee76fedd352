/// Windows-1252, the character set of old Western texts, as the Encoding Standard reads it (§9, index windows-1252):
/// every byte is a character, so that decoding cannot fail. ISO-8859-1 differs in 0x80 to 0x9F, which it does not use.
package enum Windows1252 {
    package static func decode(_ bytes: some Sequence<UInt8>) -> String {
        var text = String.UnicodeScalarView()
        for byte in bytes { text.append(scalar(byte)) }
        return String(text)
    }

    private static func scalar(_ byte: UInt8) -> Unicode.Scalar {
        (0x80...0x9F).contains(byte) ? special[Int(byte) - 0x80] : Unicode.Scalar(byte)
    }

    /// 0x80 to 0x9F; the five without a character are the control characters of their number.
    private static let special = Array(
        ("€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8D}Ž\u{8F}" + "\u{90}‘’“”•–—˜™š›œ\u{9D}žŸ").unicodeScalars)
}
