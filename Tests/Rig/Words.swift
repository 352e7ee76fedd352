extension Duration {
    /// The duration in seconds, for dispatch deadlines and arithmetic.
    package var seconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) * 1e-18
    }

    /// The duration for people: "10 s", "350 ms", "0.4 ms".
    package var words: String {
        if seconds >= 10 { return "\(Int(seconds.rounded())) s" }
        if seconds >= 1 { return "\((seconds * 10).rounded() / 10) s" }
        if seconds >= 0.01 { return "\(Int((seconds * 1000).rounded())) ms" }
        return "\((seconds * 10_000).rounded() / 10) ms"
    }
}

extension String {
    func shortened(to limit: Int) -> String {
        count <= limit ? self : prefix(limit) + " …"
    }

    /// The text escaped for element content and attribute values.
    package var xmlEscaped: String {
        var escaped = ""
        for character in unicodeScalars {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&apos;"
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }
}
