import Foundation
import HTTP
import Metrics
import Operations

/// The metrics of the whole program that are measured every few seconds.
struct ProgramGauges {
    private let registryFile: String
    private let listeners: [(listener: WebhookListener, gauge: Gauge)]
    private var process: ProcessGauges
    private var parts: [String: Gauge] = [:]
    private let database = Gauge(label: "martlet_registry_bytes", dimensions: [("file", "database")])
    private let journal = Gauge(label: "martlet_registry_bytes", dimensions: [("file", "journal")])

    init(registryFile: String, started: Double, listeners: [(name: String, listener: WebhookListener)]) {
        self.registryFile = registryFile
        self.listeners = listeners.map { name, listener in
            (listener, Gauge(label: "martlet_http_connections", dimensions: [("listener", name)]))
        }
        process = ProcessGauges(started: started)
        Gauge(label: "martlet_build_info", dimensions: [("version", Martlet.version)]).record(1)
    }

    mutating func measure(_ report: HealthReport) {
        process.measure()
        database.record(Self.size(of: registryFile))
        journal.record(Self.size(of: registryFile + "-wal"))
        for (listener, gauge) in listeners { gauge.record(listener.openConnections) }
        for (part, state) in report.checks {
            let gauge = parts[part] ?? Gauge(label: "martlet_part_up", dimensions: [("part", part)])
            parts[part] = gauge
            gauge.record(state == .ok ? 1 : 0)
        }
        for (part, gauge) in parts where report.checks[part] == nil {
            gauge.destroy()
            parts[part] = nil
        }
    }

    /// The size of a file in bytes; 0 if there is none.
    private static func size(of file: String) -> Int64 {
        let attributes = try? FileManager.default.attributesOfItem(atPath: file)
        return (attributes?[.size] as? NSNumber)?.int64Value ?? 0
    }
}
