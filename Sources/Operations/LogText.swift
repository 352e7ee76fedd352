/// Escapes for the text format of the log: what is escaped cannot be seen as anything but part of its field.
enum LogText {
    /// With backslash escapes for backslashes and for characters that end, hide or reorder text.
    static func escaped(_ text: String) -> String { escape(text, quote: false) }

    /// A value: as it is when it is one plain word, else in double quotes.
    static func value(_ text: String) -> String {
        let isPlain =
            !text.isEmpty && text.unicodeScalars.allSatisfy { $0 != "\"" && $0 != "=" && $0 != "\\" && !isBlank($0) }
        return isPlain ? text : "\"\(escape(text, quote: true))\""
    }

    /// A key: a word without `=` and quotes.
    static func key(_ text: String) -> String {
        let scalars = text.unicodeScalars.map { $0 == "=" || $0 == "\"" || $0 == "\\" || isBlank($0) ? "_" : $0 }
        return scalars.isEmpty ? "_" : String(String.UnicodeScalarView(scalars))
    }

    /// Control (C0, C1, DEL), format (bidirectional overrides, zero-width), line and paragraph separators.
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
