import CoreMetrics
import Synchronization

/// A metric with one set of label values. In the rendered text it is one line, or several for a histogram.
protocol PrometheusSeries: AnyObject, Sendable {
    /// Appends the lines of this series.
    func render(_ name: String, _ labels: [(String, String)], into text: inout String)
}

/// A count that only grows. An increment is one atomic addition.
final class PrometheusCounter: PrometheusSeries, CounterHandler {
    private let value = Atomic<Int64>(0)

    func increment(by amount: Int64) { value.wrappingAdd(amount, ordering: .relaxed) }
    func reset() { value.store(0, ordering: .relaxed) }

    func render(_ name: String, _ labels: [(String, String)], into text: inout String) {
        text += "\(name)\(PrometheusText.labels(labels)) \(value.load(ordering: .relaxed))\n"
    }
}

/// A number that goes up and down, or a count with fractions.
final class PrometheusGauge: PrometheusSeries, MeterHandler, RecorderHandler, FloatingPointCounterHandler {
    private let bits = Atomic<UInt64>(0)

    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { bits.store(value.bitPattern, ordering: .relaxed) }
    func record(_ value: Int64) { set(value) }
    func record(_ value: Double) { set(value) }
    func decrement(by amount: Double) { increment(by: -amount) }
    func reset() { set(0.0) }

    func increment(by amount: Double) {
        var old = bits.load(ordering: .relaxed)
        while true {
            let new = (Double(bitPattern: old) + amount).bitPattern
            let (isExchanged, original) = bits.weakCompareExchange(expected: old, desired: new, ordering: .relaxed)
            if isExchanged { return }
            old = original
        }
    }

    func render(_ name: String, _ labels: [(String, String)], into text: inout String) {
        let value = Double(bitPattern: bits.load(ordering: .relaxed))
        text += "\(name)\(PrometheusText.labels(labels)) \(PrometheusText.number(value))\n"
    }
}

/// Observed values, counted by upper bounds. Timers observe seconds.
final class PrometheusHistogram: PrometheusSeries, RecorderHandler, TimerHandler {
    private struct Counts {
        /// One count for each bound, and one for values above the last bound; not cumulative yet.
        var buckets: [UInt64]
        var sum = 0.0
    }

    private let bounds: [Double]
    private let counts: Mutex<Counts>

    /// - Parameter bounds: upper bounds, ascending, without infinity.
    init(bounds: [Double]) {
        self.bounds = bounds
        counts = Mutex(Counts(buckets: Array(repeating: 0, count: bounds.count + 1)))
    }

    func record(_ value: Int64) { record(Double(value)) }
    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }

    func record(_ value: Double) {
        let index = bounds.firstIndex { value <= $0 } ?? bounds.count
        counts.withLock { counts in
            counts.buckets[index] += 1
            counts.sum += value
        }
    }

    func render(_ name: String, _ labels: [(String, String)], into text: inout String) {
        let counts = counts.withLock { $0 }
        var total: UInt64 = 0
        for (bound, count) in zip(bounds + [.infinity], counts.buckets) {
            total += count
            let labels = PrometheusText.labels(labels, extra: ("le", PrometheusText.number(bound)))
            text += "\(name)_bucket\(labels) \(total)\n"
        }
        text += "\(name)_sum\(PrometheusText.labels(labels)) \(PrometheusText.number(counts.sum))\n"
        text += "\(name)_count\(PrometheusText.labels(labels)) \(total)\n"
    }
}
