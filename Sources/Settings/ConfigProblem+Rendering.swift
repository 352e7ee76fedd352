import GatewayKit

extension ConfigProblem {
    /// The problem as `FILE:LINE:COLUMN: error: KEY: TEXT`, the form that editors understand.
    package var line: String {
        let subject = key.isEmpty ? "" : "\(key): "
        return "\(place.file):\(place.line):\(place.column): \(severity): \(subject)\(text)".onOneLine
    }
}

extension [ConfigProblem] {
    /// The problems in the order of the file, each once.
    package func inOrder() -> [ConfigProblem] {
        var seen: Set<ConfigProblem> = []
        return filter { seen.insert($0).inserted }.sorted {
            ($0.place.file, $0.place.line, $0.place.column, $0.key, $0.text)
                < ($1.place.file, $1.place.line, $1.place.column, $1.key, $1.text)
        }
    }
}

extension String {
    /// The text with characters made visible that would break a line or command a terminal: the words of a file end up
    /// in logs.
    fileprivate var onOneLine: String {
        let hidden: Set<Unicode.GeneralCategory> = [.control, .format, .lineSeparator, .paragraphSeparator]
        guard unicodeScalars.contains(where: { hidden.contains($0.properties.generalCategory) }) else { return self }
        return unicodeScalars.map { scalar in
            hidden.contains(scalar.properties.generalCategory) ? scalar.escaped(asASCII: true) : String(scalar)
        }.joined()
    }
}
