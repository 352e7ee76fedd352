import Logging

/// Which records are logged, and in which format.
package struct LogSettings: Sendable {
    package enum Format: String, Sendable, CaseIterable {
        /// `2026-11-21T07:58:07.123Z info irc.link: the stream is open domain=irc.localhost`
        case text
        /// One JSON object per line.
        case json
    }

    package var format: Format
    package var level: Logger.Level
    /// Levels for labels and for all labels below them: `irc` also covers `irc.link`. The longest name wins.
    package var levels: [String: Logger.Level]
    /// Takes the place of all levels while it is set; nil if they cannot be changed.
    package var override: LogLevelOverride?
    /// The levels that can be replaced; nil if `level` and `levels` stay.
    package var shared: LogLevels?
    /// Keeps the latest warnings and errors; nil if nobody shows them.
    package var faults: RecentFaults?

    package init(format: Format = .text, level: Logger.Level = .info, levels: [String: Logger.Level] = [:]) {
        self.format = format
        self.level = level
        self.levels = levels
    }

    /// The level for a label.
    package func level(for label: String) -> Logger.Level {
        var name = Substring(label)
        while true {
            if let level = levels[String(name)] { return level }
            guard let dot = name.lastIndex(of: ".") else { return level }
            name = name[..<dot]
        }
    }

    /// Makes every `Logger` of the process write to standard error with these settings. Call it once per process,
    /// before the first `Logger` is made; a second call traps.
    package func bootstrap() {
        let sink = StandardErrorSink()
        LoggingSystem.bootstrap(
            { label, provider in
                var handler = LineLogHandler(label: label, settings: self) { sink.write($0) }
                handler.metadataProvider = provider
                return handler
            }, metadataProvider: nil)
    }
}
