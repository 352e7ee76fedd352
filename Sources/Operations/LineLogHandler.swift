import Glibc
import Logging

/// Turns each record into one line and hands it to a sink.
///
/// Values come from the network, so no value in a record may end the line or begin another record: `LogText` and
/// `JSONText` escape every control, format and separator character. A value under a key that names a secret is not
/// written.
package struct LineLogHandler: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    package var logLevel: Logger.Level {
        get { override?.level ?? ownLevel ?? cell.level }
        set { ownLevel = newValue }
    }

    /// A level that was set for this logger alone.
    private var ownLevel: Logger.Level?
    private let cell: LogLevels.Cell
    private let override: LogLevelOverride?
    private let faults: RecentFaults?
    private let label: String
    private let format: LogSettings.Format
    private let now: @Sendable () -> Double
    private let sink: @Sendable ([UInt8]) -> Void

    /// - Parameter sink: takes one whole record with its line feed. It is called on the thread that logs.
    package init(
        label: String, settings: LogSettings, now: @escaping @Sendable () -> Double = LineLogHandler.systemTime,
        sink: @escaping @Sendable ([UInt8]) -> Void
    ) {
        self.label = label
        self.format = settings.format
        self.cell = settings.shared?.cell(of: label) ?? LogLevels.Cell(settings.level(for: label))
        self.override = settings.override
        self.faults = settings.faults
        self.now = now
        self.sink = sink
    }

    /// The system's time of day.
    package static let systemTime: @Sendable () -> Double = {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec / 1_000_000) / 1000
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var all = metadataProvider?.get() ?? [:]
        all.merge(metadata) { $1 }
        if let error = event.error { all["error"] = "\(error)" }
        if let own = event.metadata { all.merge(own) { $1 } }
        let record = LogRecord(
            time: now(), level: event.level, label: label, message: event.message.description,
            fields: all.sorted { $0.key < $1.key }.map { ($0.key, LogRecord.redacted($0.key, $0.value)) })
        faults?.add(record)
        let line =
            switch format {
            case .text: record.text
            case .json: record.json
            }
        sink(Array(line.utf8) + [UInt8(ascii: "\n")])
    }
}
