/// The default 7-bit alphabet of text messages with its extension table (3GPP TS 23.038 §6.2.1).
enum GSMAlphabet {
    /// Septets that a character takes: 1, or 2 for one of the extension table, or nil if it has no place here and
    /// forces the whole message into UCS-2.
    static func septets(of scalar: Unicode.Scalar) -> Int? {
        scalar.value < 0x80 ? ascii[Int(scalar.value)] : look(up: scalar)
    }

    /// Most of most texts; hashing each character would take longer than everything else about a message.
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
