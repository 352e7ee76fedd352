import Basics

/// Removes the formatting codes of IRC from text, so that it can be shown to people.
enum PlainText {
    /// Returns the text without formatting codes (bold, colour and so on; modern IRC docs, "Formatting") and without
    /// control characters other than the tab.
    static func withoutFormatting(_ text: String) -> String {
        if text.isPlainASCII { return text }
        guard text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F || $0 == 0xC2 }) else { return text }
        let scalars = Array(text.unicodeScalars)
        var result: String.UnicodeScalarView = "".unicodeScalars
        var index = 0
        while index < scalars.count {
            let scalar = scalars[index]
            index += 1
            switch scalar.value {
            case 0x03: index = skipColours(scalars, from: index, digits: 1...2, isDigit: isDecimal)
            case 0x04: index = skipColours(scalars, from: index, digits: 6...6, isDigit: isHexadecimal)
            case 0x09: result.append(scalar)
            case ..<0x20, 0x7F..<0xA0: break
            default: result.append(scalar)
            }
        }
        return String(result)
    }

    /// Returns the index after `N[,N]`, where each N has a number of digits in the range `digits`.
    private static func skipColours(
        _ scalars: [Unicode.Scalar], from start: Int, digits: ClosedRange<Int>, isDigit: (Unicode.Scalar) -> Bool
    ) -> Int {
        func end(of start: Int) -> Int? {
            let count = scalars[start...].prefix(digits.upperBound).prefix(while: isDigit).count
            return digits.contains(count) ? start + count : nil
        }
        guard let foreground = end(of: start) else { return start }
        guard foreground < scalars.count, scalars[foreground] == ",", let background = end(of: foreground + 1) else {
            return foreground
        }
        return background
    }

    private static func isDecimal(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

    private static func isHexadecimal(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isASCIIHexDigit }
}
