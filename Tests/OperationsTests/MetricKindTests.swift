import CoreMetrics
import Testing

@testable import Operations

@Suite("Kinds of metrics")
struct MetricKindTests {
    @Test("Counters begin again at zero, and gauges move both ways")
    func values() {
        let registry = PrometheusRegistry()
        let counter = Counter(label: "c", factory: registry)
        counter.increment(by: 5)
        counter.reset()
        counter.increment()
        let fractions = FloatingPointCounter(label: "f", factory: registry)
        fractions.increment(by: 0.25)
        fractions.increment(by: 0.5)
        let meter = Meter(label: "m", factory: registry)
        meter.set(10)
        meter.decrement(by: 2.5)
        #expect(
            registry.render() == """
                # TYPE c_total counter
                c_total 1
                # TYPE f_total counter
                f_total 0.75
                # TYPE m gauge
                m 7.5

                """)
        fractions.reset()
        #expect(registry.render().contains("f_total 0\n"))
    }

    @Test("A recorder that aggregates is a histogram over sizes, one that does not is a gauge")
    func recorders() {
        let registry = PrometheusRegistry()
        let sizes = Recorder(label: "sizes", factory: registry)
        for size in [1, 3, 100_000, 100_001] { sizes.record(size) }
        Recorder(label: "last", aggregate: false, factory: registry).record(4)
        let text = registry.render()
        #expect(text.hasPrefix("# TYPE last gauge\nlast 4\n# TYPE sizes histogram\n"))
        for line in [
            #"sizes_bucket{le="1"} 1"#, #"sizes_bucket{le="2"} 1"#, #"sizes_bucket{le="5"} 2"#,
            #"sizes_bucket{le="100000"} 3"#, #"sizes_bucket{le="+Inf"} 4"#, "sizes_sum 200005", "sizes_count 4",
        ] {
            #expect(text.contains("\(line)\n"), "\(line)")
        }
    }

    @Test("A timer without buckets of its own counts from a tenth of a millisecond to half a minute")
    func timers() {
        let registry = PrometheusRegistry()
        registry.describe("own", "", buckets: [.infinity, 2, .nan, 1])
        let timer = Timer(label: "t", factory: registry)
        for milliseconds in [0, 30_000, 30_001] { timer.recordMilliseconds(milliseconds) }
        Timer(label: "own", factory: registry).recordSeconds(1.5)
        let text = registry.render()
        for line in [
            #"t_seconds_bucket{le="0.0001"} 1"#, #"t_seconds_bucket{le="30"} 2"#, #"t_seconds_bucket{le="+Inf"} 3"#,
            #"own_seconds_bucket{le="1"} 0"#, #"own_seconds_bucket{le="2"} 1"#, #"own_seconds_bucket{le="+Inf"} 1"#,
        ] {
            #expect(text.contains("\(line)\n"), "\(line)")
        }
        #expect(text.split(separator: "\n").count(where: { $0.hasPrefix("own_seconds_bucket") }) == 3)
    }

    @Test("A destroyed metric of any kind is gone, and the others stay")
    func destroyed() {
        let registry = PrometheusRegistry()
        let kept = Counter(label: "kept", factory: registry)
        let counter = Counter(label: "c", factory: registry)
        let fractions = FloatingPointCounter(label: "f", factory: registry)
        let recorder = Recorder(label: "r", factory: registry)
        let timer = Timer(label: "t", factory: registry)
        kept.increment()
        counter.destroy()
        fractions.destroy()
        recorder.destroy()
        timer.destroy()
        #expect(registry.render() == "# TYPE kept_total counter\nkept_total 1\n")
    }

    @Test(
        "Whole numbers are written as such as long as each has a value of its own",
        arguments: [
            (999_999_999_999_999.0, "999999999999999"), (1e15, "1000000000000000.0"), (-3.0, "-3"),
            (-999_999_999_999_999.0, "-999999999999999"), (0.1, "0.1"), (-0.5, "-0.5"),
        ])
    func numbers(value: Double, text: String) { #expect(PrometheusText.number(value) == text) }
}
