import Foundation

/// The program under test, with an ordinary configuration file.
package struct Martlet: Sendable {
    package let daemon: Daemon
    /// The port on which Martlet takes webhooks.
    package let webhookPort: Int
    /// The port on which Martlet serves /metrics and /health.
    package let operationsPort: Int
    package let configuration: String

    /// The path of the program: MARTLET_BINARY, or the debug build in the project's folder.
    static var binary: String {
        ProcessInfo.processInfo.environment["MARTLET_BINARY"] ?? RigResources.project + "/.build/debug/martlet"
    }

    /// Prepares the program without starting it.
    package init(
        _ text: String, webhookPort: Int, operationsPort: Int = 0, in folder: RigFolder, name: String = "martlet",
        environment: [String: String] = [:], wrap: ([String]) -> [String] = { $0 }
    ) throws {
        guard FileManager.default.isExecutableFile(atPath: Self.binary) else {
            throw RigFailure("there is no program \(Self.binary): build first, or set MARTLET_BINARY")
        }
        let home = try folder.make(name)
        configuration = try folder.write(text, to: "\(name)/martlet.yaml")
        self.webhookPort = webhookPort
        self.operationsPort = operationsPort
        daemon = Daemon(
            name,
            Daemon.Command(
                arguments: wrap([Self.binary, "run", "--config", configuration]), environment: environment,
                folder: home,
                readiness: []), in: folder)
    }

    /// The answer of /health; the configuration must have `operations`.
    package func health() async throws -> HTTPExchange { try await HTTPExchange.get(port: operationsPort, "/health") }

    /// Returns when /health answers with that status.
    package func awaitHealth(_ status: Int) async throws {
        try await poll("/health to be \(status)", within: .patience, failure: { log }) {
            (try? await health())?.status == status ? () : nil
        }
    }

    /// Everything that Martlet has logged.
    package var log: String { ServerLogs.read(daemon.output) }

    /// Returns the first line of the log that contains all these words, as soon as there is one.
    @discardableResult
    package func awaitLog(_ words: String..., within limit: Duration = .patience) async throws -> String {
        try await poll("a line with \(words) in Martlet's log", within: limit, failure: { log }) {
            log.split(separator: "\n").map(String.init).first { line in
                words.allSatisfy { line.lowercased().contains($0.lowercased()) }
            }
        }
    }
}
