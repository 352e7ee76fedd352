import Basics
import Foundation

/// A way to write bytes as text.
enum BinaryText: String, Sendable, CaseIterable {
    case hex, base64, base64url
    /// The bytes of the text itself.
    case text

    /// The bytes; nil if the text has another form.
    func bytes(of text: String) -> [UInt8]? {
        switch self {
        case .text: return Array(text.utf8)
        case .hex:
            let digits = Array(text.utf8)
            guard digits.count % 2 == 0 else { return nil }
            var bytes: [UInt8] = []
            for start in stride(from: 0, to: digits.count, by: 2) {
                guard let byte = Hex.byte(digits[start..<start + 2]) else { return nil }
                bytes.append(byte)
            }
            return bytes
        case .base64: return Data(base64Encoded: text).map(Array.init)
        case .base64url:
            guard text.utf8.allSatisfy({ $0.isASCIILetter || $0.isASCIIDigit || "-_".utf8.contains($0) }) else {
                return nil
            }
            let standard = text.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 }
            let padding = String(repeating: "=", count: (4 - standard.count % 4) % 4)
            return Data(base64Encoded: String(standard) + padding).map(Array.init)
        }
    }
}
