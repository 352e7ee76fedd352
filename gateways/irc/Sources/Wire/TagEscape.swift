/// Escapes values of tags, so that no value can end its tag or its line (IRCv3 message-tags, "Escaping values").
enum TagEscape {
    /// Escapes `;`, space, `\`, CR and LF. Removes NUL, which tags cannot hold.
    static func escape(_ value: String) -> String {
        guard value.utf8.contains(where: { letter(for: $0) != nil || $0 == 0 }) else { return value }
        var result: [UInt8] = []
        for byte in value.utf8 where byte != 0 {
            if let letter = letter(for: byte) {
                result.append(contentsOf: [UInt8(ascii: "\\"), letter])
            } else {
                result.append(byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// Undoes `escape` for bytes that are UTF-8. A backslash before any other character, or at the end, is removed.
    static func unescape(_ value: Slice<UnsafeRawBufferPointer>) -> String {
        guard value.contains(UInt8(ascii: "\\")) else { return String(value) }
        var result: [UInt8] = []
        var isEscaped = false
        for byte in value {
            if isEscaped {
                result.append(byteFor(letter: byte))
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else {
                result.append(byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func letter(for byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: ";"): UInt8(ascii: ":")
        case UInt8(ascii: " "): UInt8(ascii: "s")
        case UInt8(ascii: "\\"): UInt8(ascii: "\\")
        case UInt8(ascii: "\r"): UInt8(ascii: "r")
        case UInt8(ascii: "\n"): UInt8(ascii: "n")
        default: nil
        }
    }

    private static func byteFor(letter: UInt8) -> UInt8 {
        switch letter {
        case UInt8(ascii: ":"): UInt8(ascii: ";")
        case UInt8(ascii: "s"): UInt8(ascii: " ")
        case UInt8(ascii: "r"): UInt8(ascii: "\r")
        case UInt8(ascii: "n"): UInt8(ascii: "\n")
        default: letter
        }
    }
}
