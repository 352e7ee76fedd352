import CoreMetrics
import Testing

@testable import Operations

@Suite("Metrics for Prometheus")
struct PrometheusTests {
    @Test("Every kind renders as the text format asks")
    func golden() {
        let registry = PrometheusRegistry()
        registry.describe("martlet.stanzas", "Stanzas taken from the \"server\",\nby \\ kind.")
        registry.describe("pass", "One pass of the loop.", buckets: [0.5, 0.001])
        let messages = Counter(label: "martlet.stanzas", dimensions: [("kind", "message")], factory: registry)
        messages.increment(by: 41)
        messages.increment()
        Counter(label: "martlet.stanzas", dimensions: [("kind", "a\"b\\c\nd")], factory: registry).increment()
        let sessions = Gauge(label: "sessions", factory: registry)
        sessions.record(3)
        Meter(label: "queue-depth", factory: registry).increment(by: 2.5)
        let timer = Timer(label: "pass", factory: registry)
        timer.recordMilliseconds(1)
        timer.recordMilliseconds(2)
        timer.recordSeconds(2)
        #expect(
            registry.render() == #"""
                # HELP martlet_stanzas_total Stanzas taken from the "server",\nby \\ kind.
                # TYPE martlet_stanzas_total counter
                martlet_stanzas_total{kind="a\"b\\c\nd"} 1
                martlet_stanzas_total{kind="message"} 42
                # HELP pass_seconds One pass of the loop.
                # TYPE pass_seconds histogram
                pass_seconds_bucket{le="0.001"} 1
                pass_seconds_bucket{le="0.5"} 2
                pass_seconds_bucket{le="+Inf"} 3
                pass_seconds_sum 2.003
                pass_seconds_count 3
                # TYPE queue_depth gauge
                queue_depth 2.5
                # TYPE sessions gauge
                sessions 3

                """#)
    }

    @Test("The same name and labels are one series, in whatever order the labels come")
    func identity() {
        let registry = PrometheusRegistry()
        Counter(label: "c", dimensions: [("a", "1"), ("b", "2")], factory: registry).increment()
        Counter(label: "c_total", dimensions: [("b", "2"), ("a", "1")], factory: registry).increment()
        #expect(registry.render() == "# TYPE c_total counter\nc_total{a=\"1\",b=\"2\"} 2\n")
    }

    @Test("Past the limit further label values are counted together")
    func cardinality() {
        let registry = PrometheusRegistry(seriesLimit: 2)
        for index in 0..<1_000 {
            Counter(label: "c", dimensions: [("nick", "n\(index)")], factory: registry).increment()
        }
        #expect(
            registry.render() == """
                # TYPE c_total counter
                c_total{nick="n0"} 1
                c_total{nick="n1"} 1
                c_total{nick="other"} 998

                """)
    }

    @Test("A second metric of the same name and another kind is not rendered")
    func kinds() {
        let registry = PrometheusRegistry()
        Meter(label: "x", factory: registry).set(1)
        Recorder(label: "x", factory: registry).record(5)
        #expect(registry.render() == "# TYPE x gauge\nx 1\n")
    }

    @Test("Metrics past the limit count but are not rendered")
    func families() {
        let registry = PrometheusRegistry(familyLimit: 1)
        Counter(label: "a", factory: registry).increment()
        Counter(label: "b", factory: registry).increment()
        #expect(registry.render() == "# TYPE a_total counter\na_total 1\n")
    }

    @Test("A destroyed metric is gone")
    func destroyed() {
        let registry = PrometheusRegistry()
        let gauge = Meter(label: "g", factory: registry)
        gauge.set(1)
        gauge.destroy()
        #expect(registry.render() == "")
    }

    @Test(
        "Names become what Prometheus takes",
        arguments: [("a.b-c", "a_b_c"), ("1a", "_1a"), ("", "_"), ("ž", "__"), ("a:b", "a:b"), ("aAzZ09", "aAzZ09")])
    func names(name: String, clean: String) {
        #expect(PrometheusName.metric(name) == clean)
    }

    @Test(
        "Numbers are written without noise",
        arguments: [
            (1.0, "1"), (0.25, "0.25"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"), (1e300, "1e+300"),
        ])
    func numbers(value: Double, text: String) {
        #expect(PrometheusText.number(value) == text)
    }

    @Test("Threads count together without loss")
    func threads() async {
        let registry = PrometheusRegistry()
        let counter = Counter(label: "c", factory: registry)
        let meter = Meter(label: "g", factory: registry)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<1_000 {
                        counter.increment()
                        meter.increment(by: 1)
                    }
                }
            }
        }
        #expect(registry.render().contains("c_total 8000\n"))
        #expect(registry.render().contains("g 8000\n"))
    }
}
