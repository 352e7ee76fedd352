/// Base64 with the standard alphabet and padding (RFC 4648 §4).
package enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// Writes bytes as text.
    package static func encode(_ bytes: some Sequence<UInt8>) -> String {
        var text: [UInt8] = []
        var word: UInt32 = 0
        var count = 0
        for byte in bytes {
            word = word << 8 | UInt32(byte)
            count += 1
            if count % 3 == 0 {
                append(word, digits: 4, to: &text)
                word = 0
            }
        }
        switch count % 3 {
        case 1: append(word << 16, digits: 2, to: &text)
        case 2: append(word << 8, digits: 3, to: &text)
        default: break
        }
        text.append(contentsOf: repeatElement(UInt8(ascii: "="), count: (3 - count % 3) % 3))
        return String(decoding: text, as: UTF8.self)
    }

    private static func append(_ word: UInt32, digits: Int, to text: inout [UInt8]) {
        for digit in 0..<digits { text.append(alphabet[Int(word >> UInt32(18 - 6 * digit) & 63)]) }
    }
}
