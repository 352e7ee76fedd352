import Basics

extension JID {
    /// Makes a local part of any text (XEP-0106 §4.2). Spaces at either end are dropped, because `\20` may not stand
    /// there.
    ///
    /// A backslash is escaped only if it would read as the beginning of an escape. Upper-case digits count as digits
    /// of an escape, because nodeprep turns them into lower-case ones.
    package static func escape(_ text: String) -> String {
        var bytes = Array(text.utf8)[...]
        while bytes.last == 0x20 { bytes.removeLast() }
        while bytes.first == 0x20 { bytes.removeFirst() }
        var escaped: [UInt8] = []
        escaped.reserveCapacity(bytes.count + 8)
        for index in bytes.indices {
            let byte = bytes[index]
            let isEscaped = byte == 0x5C ? code(in: bytes, at: index) != nil : codes.contains(byte)
            escaped += isEscaped ? [0x5C, Hex.digit(byte >> 4), Hex.digit(byte & 15)] : [byte]
        }
        return String(decoding: escaped, as: UTF8.self)
    }

    /// The text that a local part stands for. Everything that is not one of the ten escapes stays unchanged (XEP-0106
    /// §4.1).
    package static func unescape(_ local: String) -> String {
        let bytes = Array(local.utf8)[...]
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count)
        var index = bytes.startIndex
        while index < bytes.endIndex {
            if let byte = code(in: bytes, at: index), isLowerCase(bytes[index + 1...index + 2]) {
                text.append(byte)
                index += 3
            } else {
                text.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static let codes: [UInt8] = Array(" \"&'/:<>@".utf8)

    /// The character that the three bytes at `index` stand for; nil if they are not an escape.
    private static func code(in bytes: ArraySlice<UInt8>, at index: Int) -> UInt8? {
        guard bytes[index] == 0x5C, index + 2 < bytes.endIndex else { return nil }
        guard let byte = Hex.byte(bytes[index + 1...index + 2]) else { return nil }
        return byte == 0x5C || codes.contains(byte) ? byte : nil
    }

    private static func isLowerCase(_ digits: ArraySlice<UInt8>) -> Bool {
        !digits.contains { (UInt8(ascii: "A")...UInt8(ascii: "F")).contains($0) }
    }
}
