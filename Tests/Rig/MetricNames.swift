import Foundation

/// The names of metrics in a page of `/metrics`, in a table of the manual, and in queries.
package enum MetricNames {
    /// The metrics of a page in the text format of Prometheus, with their kinds.
    package static func exposed(_ page: String) -> [String: String] {
        let lines = page.split(separator: "\n").filter { $0.hasPrefix("# TYPE ") }.map { $0.split(separator: " ") }
        return Dictionary(lines.map { (String($0[2]), String($0[3])) }, uniquingKeysWith: { first, _ in first })
    }

    /// The metrics of the table in the manual, with their kinds.
    package static func documented() throws -> [String: String] {
        let file = RigResources.project + "/Documentation/Martlet.docc/Watching.md"
        let rows = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").map {
            $0.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        }
        let metrics = rows.filter { $0.count == 4 && ["counter", "gauge", "histogram"].contains($0[1]) }
        return Dictionary(
            metrics.map { ($0[0].replacing("`", with: ""), $0[1]) }, uniquingKeysWith: { first, _ in first })
    }

    /// The selectors of a query, such as `martlet_sessions{gateway=~".+"}`, without ranges.
    package static func selectors(in query: String) -> [String] {
        query.matches(of: /\b(?:martlet|process)_[a-z_]+(?:\{[^}]*\})?|\bup\{[^}]*\}/).map { String($0.output) }
    }
}
