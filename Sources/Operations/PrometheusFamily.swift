/// All series of one metric.
struct PrometheusFamily {
    enum Kind: String { case counter, gauge, histogram }

    private let kind: Kind
    private let help: String?
    private var all: [String: (labels: [(String, String)], series: any PrometheusSeries)] = [:]

    init(kind: Kind, help: String?) {
        self.kind = kind
        self.help = help
    }

    /// The series with these labels, made if it does not exist. Beyond `limit` series it is the one series that counts
    /// for all others. Nil if the metric is of another kind.
    mutating func series<Series: PrometheusSeries>(
        _ labels: [(String, String)], kind: Kind, limit: Int, make: () -> Series
    ) -> Series? {
        guard kind == self.kind else { return nil }
        var labels = labels
        var key = PrometheusText.labels(labels)
        if all[key] == nil, all.count >= limit {
            labels = labels.map { ($0.0, "other") }
            key = PrometheusText.labels(labels)
        }
        if let known = all[key] { return known.series as? Series }
        let new = make()
        all[key] = (labels, new)
        return new
    }

    mutating func remove(_ series: any AnyObject & Sendable) {
        all = all.filter { $0.value.series !== series }
    }

    func render(_ name: String, into text: inout String) {
        guard !all.isEmpty else { return }
        if let help { text += "# HELP \(name) \(PrometheusText.help(help))\n" }
        text += "# TYPE \(name) \(kind.rawValue)\n"
        for (_, entry) in all.sorted(by: { $0.key < $1.key }) { entry.series.render(name, entry.labels, into: &text) }
    }
}
