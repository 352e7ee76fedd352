/// Escapes for the text format of the log, so that a value can never look like another field or record.
enum LogText {
    /// Escapes backslashes, and characters that end, hide or reorder text.
    static func escaped(_ text: String) -> String { escape(text, quote: false) }

    /// A value: unchanged if it is one plain word, otherwise in double quotes.
    static func value(_ text: String) -> String {
        let isPlain =
            !text.isEmpty && text.unicodeScalars.allSatisfy { $0 != "\"" && $0 != "=" && $0 != "\\" && !isBlank($0) }
        return isPlain ? text : "\"\(escape(text, quote: true))\""
    }

    /// A key: one word, in which blanks, `=`, quotes and backslashes become `_`.
    static func key(_ text: String) -> String {
        let scalars = text.unicodeScalars.map { $0 == "=" || $0 == "\"" || $0 == "\\" || isBlank($0) ? "_" : $0 }
        return scalars.isEmpty ? "_" : String(String.UnicodeScalarView(scalars))
    }

    /// Whether a character is a control (C0, C1, DEL), a format character (bidirectional override, zero width), or a
    /// line or paragraph separator.
    static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return scalar.value < 0x20 || scalar.value == 0x7f }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse, .surrogate: return true
        default: return false
        }
    }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        isUnsafe(scalar) || scalar.properties.isWhitespace
    }

    private static func escape(_ text: String, quote: Bool) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": result.append(contentsOf: "\\n".unicodeScalars)
            case "\r": result.append(contentsOf: "\\r".unicodeScalars)
            case "\t": result.append(contentsOf: "\\t".unicodeScalars)
            case "\\": result.append(contentsOf: "\\\\".unicodeScalars)
            case "\"" where quote: result.append(contentsOf: "\\\"".unicodeScalars)
            case _ where isUnsafe(scalar):
                result.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".unicodeScalars)
            default: result.append(scalar)
            }
        }
        return String(result)
    }
}
