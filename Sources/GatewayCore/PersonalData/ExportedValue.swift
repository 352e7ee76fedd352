/// A value of the document that `DataExport` writes (RFC 8259).
indirect enum ExportedValue {
    case null
    case text(String)
    case list([ExportedValue])
    case object([(String, ExportedValue)])

    /// The JSON document, with one value a line.
    var text: String {
        var text = ""
        write(into: &text, indent: "")
        return text
    }

    private func write(into text: inout String, indent: String) {
        switch self {
        case .null: text += "null"
        case .text(let value): Self.quote(value, into: &text)
        case .list(let values):
            Self.write(values, "[", "]", into: &text, indent) { value, text, indent in
                value.write(into: &text, indent: indent)
            }
        case .object(let members):
            Self.write(members, "{", "}", into: &text, indent) { member, text, indent in
                Self.quote(member.0, into: &text)
                text += ": "
                member.1.write(into: &text, indent: indent)
            }
        }
    }

    private static func write<Part>(
        _ parts: [Part], _ start: String, _ end: String, into text: inout String, _ indent: String,
        _ write: (Part, inout String, String) -> Void
    ) {
        text += start
        for (number, part) in parts.enumerated() {
            text += (number == 0 ? "\n" : ",\n") + indent + "  "
            write(part, &text, indent + "  ")
        }
        text += (parts.isEmpty ? "" : "\n" + indent) + end
    }

    /// Writes a string of JSON (RFC 8259 §7). Control characters and the line separators of Unicode are escaped, so
    /// that no client changes them.
    private static func quote(_ value: String, into text: inout String) {
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case _
            where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
                || [0x2028, 0x2029].contains(scalar.value):
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
