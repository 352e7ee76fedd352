import Foundation

/// Normalises the characters of outbound and inbound texts.
enum MessageText {
    /// The text for a provider. It is composed (Unicode NFC), because a letter typed as base and accent would force
    /// UCS-2 and halve the number of characters in a part. All its line ends are LF.
    static func outbound(_ text: String) -> String {
        let ascii = text.utf8.allSatisfy { $0 < 0x80 && $0 != UInt8(ascii: "\r") }
        return ascii ? text : lineEnds(text.precomposedStringWithCanonicalMapping)
    }

    /// The text for the core. Phones may send characters that XML 1.0 §2.2 forbids; they become U+FFFD.
    static func inbound(_ text: String) -> String {
        var clean = String.UnicodeScalarView()
        for scalar in lineEnds(text).unicodeScalars {
            clean.append(isAllowedInXML(scalar) ? scalar : "\u{FFFD}")
        }
        return String(clean)
    }

    private static func lineEnds(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "\r")) else { return text }
        var result = String.UnicodeScalarView()
        var previous: Unicode.Scalar = " "
        for scalar in text.unicodeScalars {
            if scalar == "\r" {
                result.append("\n")
            } else if scalar != "\n" || previous != "\r" {
                result.append(scalar)
            }
            previous = scalar
        }
        return String(result)
    }

    private static func isAllowedInXML(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D, 0x20...0xD7FF, 0xE000...0xFFFD, 0x10000...0x10FFFF: true
        default: false
        }
    }
}
