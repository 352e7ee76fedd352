import Foundation

/// One line of figures of a run.
struct Report {
    let name: String
    let messages: Int
    let seconds: Double
    let used: ProcessUsage
    let before: ProcessUsage
    /// Processor time of Kannel's processes, in microseconds.
    var kannel = 0.0
    var notes: [String] = []

    func printLine() {
        let perMessage = (used.processor - before.processor) / Double(messages)
        var parts = [
            "\(messages) messages in \(Self.text(seconds, 2)) s: \(Self.text(Double(messages) / seconds, 0))/s",
            "Martlet \(Self.text(perMessage, 0)) µs CPU each",
        ]
        if kannel > 0 { parts.append("Kannel \(Self.text(kannel / Double(messages), 0)) µs") }
        parts.append("memory \(before.resident / 1024) → \(used.resident / 1024) MB (peak \(used.peak / 1024))")
        print("\(name): " + (parts + notes).joined(separator: "; "))
        fflush(nil)
    }

    private static func text(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }
}
