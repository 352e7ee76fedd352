/// Tells people how a text would be sent: its parts, its alphabet, and the characters that force UCS-2.
struct TextEstimate {
    /// The lines for the user.
    let lines: [String]

    /// - Parameter replacesPunctuation: whether the gateway replaces typographic punctuation before it sends.
    init(of typed: String, replacesPunctuation: Bool) {
        let composed = MessageText.outbound(typed)
        let text = replacesPunctuation ? PlainPunctuation.replacing(in: composed) : composed
        let segmentation = Segmentation(of: text)
        let parts = segmentation.parts == 1 ? "1 text message" : "\(segmentation.parts) text messages"
        var lines: [String] = []
        if text != composed { lines.append("Typographic punctuation is replaced by plain punctuation.") }
        switch segmentation.encoding {
        case .gsm7:
            let septets = text.unicodeScalars.reduce(0) { $0 + (GSMAlphabet.septets(of: $1) ?? 0) }
            lines.append("It takes \(parts), in the alphabet GSM-7 (\(septets) characters).")
        case .ucs2:
            lines.append("It takes \(parts), in the alphabet UCS-2 (\(text.utf16.count) characters).")
            lines.append(Self.cause(in: text))
            lines += Self.cheaper(text, segmentation)
        }
        self.lines = lines
    }

    private static func cause(in text: String) -> String {
        let foreign = text.unicodeScalars.filter { GSMAlphabet.septets(of: $0) == nil }
        var seen: [Unicode.Scalar] = []
        for scalar in foreign where !seen.contains(scalar) && seen.count < 5 { seen.append(scalar) }
        let names = seen.map { scalar in
            let code = String(scalar.value, radix: 16, uppercase: true)
            let number = String(repeating: "0", count: max(0, 4 - code.count)) + code
            let name = scalar.properties.name.map { ", \($0.lowercased())" } ?? ""
            return "\(shown(scalar)) (U+\(number)\(name))"
        }
        let first = names.first ?? ""
        let rest = names.dropFirst().isEmpty ? "" : ", and also " + names.dropFirst().joined(separator: ", ")
        return "The first character outside GSM-7 is \(first)\(rest)."
    }

    /// The character, or words instead of a character that cannot be seen or might not be allowed in an answer.
    private static func shown(_ scalar: Unicode.Scalar) -> String {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .nonspacingMark: "a character"
        default: String(scalar)
        }
    }

    private static func cheaper(_ text: String, _ segmentation: Segmentation) -> [String] {
        let plain = PlainPunctuation.replacing(in: text)
        guard plain != text else { return [] }
        let parts = Segmentation(of: plain).parts
        return parts < segmentation.parts ? ["With plain punctuation it would take \(parts)."] : []
    }
}
