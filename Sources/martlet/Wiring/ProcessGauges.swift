import Foundation
import Metrics

/// The metrics of the process, under the names that Prometheus' own client libraries use.
struct ProcessGauges {
    private let resident = Gauge(label: "process_resident_memory_bytes")
    private let files = Gauge(label: "process_open_fds")
    private let mostFiles = Gauge(label: "process_max_fds")
    private let started = Gauge(label: "process_start_time_seconds")
    private let processor = FloatingPointCounter(label: "process_cpu_seconds_total")
    private var lastProcessor = 0.0

    /// - Parameter started: the time of day at which the process has started, in seconds since 1970.
    init(started: Double) { self.started.record(started) }

    /// Reads the figures from the kernel. Call it on a thread that may block for a moment.
    mutating func measure() {
        if let pages = Self.text("/proc/self/statm").split(separator: " ").dropFirst().first.flatMap({ Int($0) }) {
            resident.record(pages * sysconf(Int32(_SC_PAGESIZE)))
        }
        if let names = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
            files.record(names.count)
        }
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            mostFiles.record(Int(clamping: limit.rlim_cur))
        }
        var usage = rusage()
        guard getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return }
        let seconds = Self.seconds(usage.ru_utime) + Self.seconds(usage.ru_stime)
        processor.increment(by: max(0, seconds - lastProcessor))
        lastProcessor = seconds
    }

    private static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }

    private static func text(_ file: String) -> String { (try? String(contentsOfFile: file, encoding: .utf8)) ?? "" }
}
