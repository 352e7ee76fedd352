import CoreMetrics
import Synchronization

/// Keeps the metrics of the process and renders them for Prometheus.
///
/// Give it to `MetricsSystem.bootstrap` once. Make a `Counter` once and hold it: incrementing a held counter costs
/// nanoseconds, making one takes a lock and a look-up of its labels. The values of a label must come from a small set.
/// Beyond `seriesLimit` all further values of a metric are counted together, under the value `other`.
package final class PrometheusRegistry: Sendable {
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private struct State {
        var families: [String: PrometheusFamily] = [:]
        var descriptions: [String: String] = [:]
        var bounds: [String: [Double]] = [:]
    }

    private let seriesLimit: Int
    private let familyLimit: Int
    private let state = Mutex(State())

    /// - Parameters:
    ///   - seriesLimit: sets of label values of one metric.
    ///   - familyLimit: metrics. Further metrics count, but are not rendered.
    package init(seriesLimit: Int = 200, familyLimit: Int = 1_000) {
        self.seriesLimit = seriesLimit
        self.familyLimit = familyLimit
    }

    /// Sets the `HELP` line of a metric and, for timers (in seconds) and recorders, its buckets. Call it before the
    /// metric is made.
    ///
    /// - Parameter name: the label with which its `Counter`, `Timer` … is made.
    package func describe(_ name: String, _ help: String, buckets: [Double]? = nil) {
        state.withLock { state in
            state.descriptions[PrometheusName.metric(name)] = help
            if let buckets { state.bounds[PrometheusName.metric(name)] = buckets.filter(\.isFinite).sorted() }
        }
    }

    /// The text of all metrics, sorted by name and labels.
    package func render() -> String {
        let families = state.withLock { $0.families }
        var text = ""
        for (name, family) in families.sorted(by: { $0.key < $1.key }) { family.render(name, into: &text) }
        return text
    }

    /// The series of that name and these labels, made if it does not exist. If the metric is of another kind, this is
    /// a series that counts for itself and is not rendered.
    private func series<Series: PrometheusSeries>(
        _ name: String, suffix: String, _ kind: PrometheusFamily.Kind, _ dimensions: [(String, String)],
        make: ([Double]?) -> Series
    ) -> Series {
        let plain = PrometheusName.metric(name)
        let full = PrometheusName.metric(name, suffix: suffix)
        let labels = dimensions.map { (PrometheusName.label($0.0), $0.1) }.sorted { $0.0 < $1.0 }
        return state.withLock { state in
            let bounds = state.bounds[plain]
            guard state.families[full] != nil || state.families.count < familyLimit else { return make(bounds) }
            var family =
                state.families[full] ?? PrometheusFamily(kind: kind, help: state.descriptions[plain])
            defer { state.families[full] = family }
            return family.series(labels, kind: kind, limit: seriesLimit) { make(bounds) } ?? make(bounds)
        }
    }

    private func remove(_ series: any AnyObject & Sendable) {
        state.withLock { state in
            for name in state.families.keys { state.families[name]?.remove(series) }
        }
    }
}

extension PrometheusRegistry: MetricsFactory {
    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(label, suffix: "_total", .counter, dimensions) { _ in PrometheusCounter() }
    }

    package func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        series(label, suffix: "_total", .counter, dimensions) { _ in PrometheusGauge() }
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(label, suffix: "", .gauge, dimensions) { _ in PrometheusGauge() }
    }

    package func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        guard aggregate else { return series(label, suffix: "", .gauge, dimensions) { _ in PrometheusGauge() } }
        return series(label, suffix: "", .histogram, dimensions) { bounds in
            PrometheusHistogram(bounds: bounds ?? Self.sizeBuckets)
        }
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        series(label, suffix: "_seconds", .histogram, dimensions) { bounds in
            PrometheusHistogram(bounds: bounds ?? Self.timeBuckets)
        }
    }

    package func destroyCounter(_ handler: any CounterHandler) { remove(handler) }
    package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { remove(handler) }
    package func destroyMeter(_ handler: any MeterHandler) { remove(handler) }
    package func destroyRecorder(_ handler: any RecorderHandler) { remove(handler) }
    package func destroyTimer(_ handler: any TimerHandler) { remove(handler) }

    /// Bounds in seconds: from one pass of the event loop to the answer of an SMS provider.
    private static let timeBuckets = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30]
    private static let sizeBuckets: [Double] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 10_000, 100_000]
}
