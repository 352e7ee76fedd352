/// One number that is measured, as a row of the table.
struct Figure: Hashable {
    let name: String
    let unit: String
    /// The goal of the project, as text.
    var goal = ""
    var isHigherBetter = false
    var digits = 1

    func words(_ value: Double) -> String { value.rounded(to: digits) + (unit.isEmpty ? "" : " " + unit) }
}

/// All figures of a run, for each gateway. The best of all rounds counts, because other work of the machine can only
/// make a round worse. If the speed of the machine changes from one minute to the next, the best rounds of two gateways
/// may be from different minutes. Then the median of the ratios of the single rounds says more.
final class Report {
    let gateways: [Gateway]
    private var order: [Figure] = []
    private var values: [Figure: [Gateway: [Double]]] = [:]
    private var failures: [String] = []

    init(_ gateways: [Gateway]) { self.gateways = gateways }

    func add(_ figure: Figure, _ gateway: Gateway, _ value: Double) {
        if values[figure] == nil { order.append(figure) }
        values[figure, default: [:]][gateway, default: []].append(value)
    }

    func fail(_ words: String) { failures.append(words) }

    var hasFailures: Bool { !failures.isEmpty }

    /// A short name for each gateway; no two are the same.
    func name(_ gateway: Gateway) -> String {
        guard gateway.isMartlet else { return "biboumi" }
        return gateways.filter(\.isMartlet).count > 1 && gateway == gateways.last ? "other" : "martlet"
    }

    private func best(_ figure: Figure, _ gateway: Gateway) -> Double? {
        let all = values[figure]?[gateway] ?? []
        return figure.isHigherBetter ? all.max() : all.min()
    }

    /// The ratio of the best rounds, and the median of the ratios of all rounds.
    private func ratios(_ figure: Figure) -> [String] {
        guard gateways.count > 1 else { return [] }
        guard let ours = best(figure, gateways[0]), let theirs = best(figure, gateways[1]), theirs > 0 else {
            return ["–", "–"]
        }
        let rounds = zip(values[figure]?[gateways[0]] ?? [], values[figure]?[gateways[1]] ?? [])
        let all = rounds.filter { $1 > 0 }.map { $0 / $1 }.sorted()
        let middle = all.isEmpty ? .nan : (all[(all.count - 1) / 2] + all[all.count / 2]) / 2
        return [(ours / theirs).rounded(to: 2), middle.rounded(to: 2)]
    }

    var table: String {
        var rows = [[""] + gateways.map(name) + (gateways.count > 1 ? ["ratio", "by round"] : []) + ["goal"]]
        for figure in order {
            let all = gateways.map { best(figure, $0).map(figure.words) ?? "–" }
            rows.append([figure.name] + all + ratios(figure) + [figure.goal])
        }
        let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        let lines = rows.map { row in
            row.enumerated().map { column, cell in
                column == 0 || column == row.count - 1
                    ? cell.padded(to: widths[column]) : cell.padded(to: widths[column], isRight: true)
            }.joined(separator: "  ").trimmedEnd
        }
        // Show only the first line of each failure. The whole text was printed when it happened.
        let failed = failures.map { "failed: \($0.prefix { $0 != "\n" })" }
        return (lines + failed).joined(separator: "\n")
    }
}

extension Double {
    /// The number with a fixed number of digits after the point.
    func rounded(to digits: Int) -> String {
        guard isFinite else { return "–" }
        var factor = 1.0
        for _ in 0..<digits { factor *= 10 }
        let scaled = Int((abs(self) * factor).rounded())
        let sign = self < 0 && scaled > 0 ? "-" : ""
        guard digits > 0 else { return sign + String(scaled) }
        let text = String(scaled)
        let padded = String(repeating: "0", count: max(0, digits + 1 - text.count)) + text
        return sign + padded.dropLast(digits) + "." + padded.suffix(digits)
    }
}

extension String {
    func padded(to width: Int, isRight: Bool = false) -> String {
        let blanks = String(repeating: " ", count: max(0, width - count))
        return isRight ? blanks + self : self + blanks
    }

    var trimmedEnd: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
