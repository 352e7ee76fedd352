import Foundation
import Operations
import Testing

@testable import martlet

@Suite("The catalogue of metrics")
struct MetricCatalogueTests {
    @Test("the manual has the same table: names, kinds, labels and explanations")
    func manual() throws {
        var url = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { url.deleteLastPathComponent() }
        let manual = try String(
            contentsOf: url.appending(path: "Documentation/Martlet.docc/Watching.md"), encoding: .utf8)
        let rows = manual.split(separator: "\n").filter { $0.hasPrefix("| `martlet_") || $0.hasPrefix("| `process_") }
        let wanted = MetricCatalogue.all.map { metric in
            "| `\(metric.name)` | \(metric.kind.rawValue) | \(metric.labels.joined(separator: ", ")) | \(metric.help) |"
        }
        #expect(rows.map(String.init) == wanted)
    }

    @Test("no metric is named twice, and each name ends as its kind demands")
    func names() {
        let all = MetricCatalogue.all
        #expect(Set(all.map(\.name)).count == all.count)
        for metric in all { #expect(metric.name.hasSuffix("_total") == (metric.kind == .counter), "\(metric.name)") }
    }
}
