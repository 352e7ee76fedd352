/// The default 7-bit alphabet of text messages with its extension table (3GPP TS 23.038 §6.2.1).
enum GSMAlphabet {
    /// The number of septets for a character: 1, or 2 for a character of the extension table. Nil if the character is
    /// not in the alphabet, which makes the whole message UCS-2.
    static func septets(of scalar: Unicode.Scalar) -> Int? {
        scalar.value < 0x80 ? ascii[Int(scalar.value)] : look(up: scalar)
    }

    /// A table for ASCII, which most texts consist of: hashing each character would take longer than all other work
    /// for a message.
    private static let ascii: [Int?] = (0..<0x80).map { look(up: Unicode.Scalar(UInt8($0))) }

    private static func look(up scalar: Unicode.Scalar) -> Int? {
        if basic.contains(scalar) { return 1 }
        return extended.contains(scalar) ? 2 : nil
    }

    private static let basic: Set<Unicode.Scalar> = Set(
        ("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
            + "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà").unicodeScalars)

    private static let extended: Set<Unicode.Scalar> = Set("\u{0C}^{}\\[~]|€".unicodeScalars)
}
