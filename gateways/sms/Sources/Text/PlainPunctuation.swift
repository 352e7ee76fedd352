/// Replaces typographic punctuation by characters of the GSM alphabet. Otherwise the punctuation forces UCS-2, in which
/// a part holds less than half as many characters.
enum PlainPunctuation {
    private static let replacements: [Unicode.Scalar: String] = [
        "\u{2018}": "'", "\u{2019}": "'", "\u{201A}": "'", "\u{201B}": "'", "\u{2032}": "'",
        "\u{201C}": "\"", "\u{201D}": "\"", "\u{201E}": "\"", "\u{201F}": "\"", "\u{2033}": "\"",
        "\u{00AB}": "\"", "\u{00BB}": "\"", "\u{2039}": "'", "\u{203A}": "'", "\u{0060}": "'", "\u{00B4}": "'",
        "\u{2010}": "-", "\u{2011}": "-", "\u{2012}": "-", "\u{2013}": "-", "\u{2014}": "-", "\u{2015}": "-",
        "\u{2212}": "-", "\u{2022}": "-", "\u{2026}": "...", "\u{00A0}": " ", "\u{2009}": " ", "\u{202F}": " ",
    ]

    /// The text with plain punctuation. A text that needs UCS-2 for another character is returned as it is, because it
    /// would gain nothing.
    static func replacing(in text: String) -> String {
        guard text.unicodeScalars.contains(where: { GSMAlphabet.septets(of: $0) == nil }) else { return text }
        var plain = ""
        for scalar in text.unicodeScalars {
            if let replacement = replacements[scalar] {
                plain += replacement
            } else {
                guard GSMAlphabet.septets(of: scalar) != nil else { return text }
                plain.unicodeScalars.append(scalar)
            }
        }
        return plain
    }
}
