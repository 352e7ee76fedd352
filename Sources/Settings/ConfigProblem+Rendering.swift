import GatewayKit

extension ConfigProblem {
    /// `FILE:LINE:COLUMN: error: KEY: TEXT`, the form that editors understand.
    package var line: String {
        let subject = key.isEmpty ? "" : "\(key): "
        return "\(place.file):\(place.line):\(place.column): \(severity): \(subject)\(text)"
    }
}

extension [ConfigProblem] {
    /// Each once, in the order of the file.
    package func inOrder() -> [ConfigProblem] {
        var seen: Set<ConfigProblem> = []
        return filter { seen.insert($0).inserted }.sorted {
            ($0.place.file, $0.place.line, $0.place.column, $0.key, $0.text)
                < ($1.place.file, $1.place.line, $1.place.column, $1.key, $1.text)
        }
    }
}
