import Foundation

/// The SHA-256 of a public key (the DER form of its SubjectPublicKeyInfo), by which a server is recognised
/// (RFC 7469 §2.4).
package struct KeyPin: Hashable, Sendable {
    /// The 32 bytes in lower-case hexadecimal digits.
    package let hex: String

    /// Reads 64 hexadecimal digits, with or without colons, or 44 characters of Base64, as `openssl` and curl write
    /// them. `sha256/` or `sha256//` may stand before either. Nil if the text is neither.
    package init?(_ text: String) {
        var text = text[...]
        for prefix in ["sha256//", "sha256/"] where text.lowercased().hasPrefix(prefix) {
            text = text.dropFirst(prefix.count)
            break
        }
        let digits = text.utf8.filter { $0 != UInt8(ascii: ":") }
        if digits.count == 64, digits.allSatisfy({ Hex.value($0) != nil }) {
            hex = String(decoding: digits, as: UTF8.self).lowercased()
        } else if text.utf8.count == 44, let bytes = Data(base64Encoded: String(text)), bytes.count == 32 {
            hex = Hex.encode(bytes)
        } else {
            return nil
        }
    }
}
