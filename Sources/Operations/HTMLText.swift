/// Texts of an HTML page.
package enum HTMLText {
    /// Escapes a text for an element or for a value in double quotes. Characters that hide or reorder text
    /// (`LogText.isUnsafe`) become spaces.
    package static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            case _ where LogText.isUnsafe(scalar): result += " "
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
