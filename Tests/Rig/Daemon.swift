import Foundation

/// A real server that the rig starts, awaits until it is ready, stops by its pid, and starts again on the same ports.
package actor Daemon {
    /// The condition under which the server counts as started.
    enum Readiness: Sendable {
        case ports([Int])
        /// A line with these words, written since the start, in the server's output or in the named file.
        case logLine(String, file: String?)
    }

    struct Command: Sendable {
        var arguments: [String]
        var environment: [String: String] = [:]
        var folder: String
        var readiness: [Readiness]
        var patience: Duration = .seconds(20)
    }

    package nonisolated let name: String
    /// The file with everything that the server wrote to its outputs, across restarts.
    package nonisolated let output: String
    private let command: Command
    private let logs: ServerLogs
    private let reaper: Reaper
    private let hasOwnNetwork: Bool
    private var process: ChildProcess?

    init(_ name: String, _ command: Command, in folder: RigFolder) {
        self.name = name
        var command = command
        command.arguments = folder.inNetwork(command.arguments)
        self.command = command
        hasOwnNetwork = folder.network != nil
        output = folder.path + "/" + name + ".out"
        logs = folder.logs
        reaper = folder.reaper
        logs.add(name, path: output)
    }

    /// Starts the server and returns when it is ready.
    package func start() async throws {
        guard process == nil else { throw RigFailure("\(name) runs already") }
        let marks = [output: ServerLogs.read(output).count]
            .merging(watchedFiles.map { ($0, ServerLogs.read($0).count) }) { first, _ in first }
        var environment = ["PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"]
        environment.merge(command.environment) { _, own in own }
        let process = try ChildProcess(
            command.arguments, environment: environment, in: command.folder, output: output, reaper: reaper)
        self.process = process
        do {
            try await awaitReadiness(of: process, marks: marks)
        } catch {
            await stop()
            throw error
        }
    }

    /// Asks the server to stop (SIGTERM) and returns when it has stopped; after `patience` it is killed.
    @discardableResult
    package func stop(patience: Duration = .seconds(8)) async -> ChildProcess.End? {
        guard let process else { return nil }
        let end = await process.stop(patience: patience)
        self.process = nil
        return end
    }

    /// Ends the server at once (SIGKILL).
    package func crash() async {
        guard let process else { return }
        process.send(signal: SIGKILL)
        _ = await process.waitForEnd()
        self.process = nil
    }

    /// Ends the server at once (SIGKILL). It can be called from any thread; call `crash` afterwards to wait for the
    /// end.
    package var killer: @Sendable () -> Void {
        let process = process
        return { process?.send(signal: SIGKILL) }
    }

    /// Freezes the server with everything that it holds open (SIGSTOP).
    package func freeze() { process?.send(signal: SIGSTOP) }

    /// Ends a freeze (SIGCONT).
    package func thaw() { process?.send(signal: SIGCONT) }

    /// Asks the server to read its configuration again (SIGHUP).
    package func reload() { process?.send(signal: SIGHUP) }

    /// The memory that the server occupies now, in kilobytes.
    package var residentKilobytes: Int? {
        guard let process else { return nil }
        let lines = ServerLogs.read("/proc/\(process.pid)/status").split(separator: "\n")
        return lines.first { $0.hasPrefix("VmRSS:") }?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    }

    /// The processor time that the server has used so far.
    package var processorTime: Duration? {
        guard let process else { return nil }
        // Read the words after the name in brackets. The state is the first, utime and stime are the 12th and 13th
        // (proc(5)).
        let words = ServerLogs.read("/proc/\(process.pid)/stat").split(separator: ")").last?.split(separator: " ")
        guard let words, words.count > 12, let user = Int(words[11]), let system = Int(words[12]) else { return nil }
        return .milliseconds((user + system) * 1000 / sysconf(Int32(_SC_CLK_TCK)))
    }

    package func restart() async throws {
        await stop()
        try await start()
    }

    /// The pid while the server runs, otherwise nil.
    package var pid: pid_t? { process?.pid }

    /// How the server ended; nil while it runs, and before its first start.
    package var end: ChildProcess.End? { process?.end }

    private var watchedFiles: [String] {
        command.readiness.compactMap { if case .logLine(_, let file?) = $0 { file } else { nil } }
    }

    private func awaitReadiness(of process: ChildProcess, marks: [String: Int]) async throws {
        for condition in command.readiness {
            let what = "\(name) to be ready (\(condition.words))"
            try await poll(what, within: command.patience, failure: { logs.tails() }) {
                if let end = process.end {
                    throw RigFailure("\(name) ended (\(end)) X")
                }
                return isMet(condition, of: process, marks: marks) ? () : nil
            }
        }
    }

    private func isMet(_ condition: Readiness, of process: ChildProcess, marks: [String: Int]) -> Bool {
        switch condition {
        case .ports(let ports):
            if hasOwnNetwork { return NetworkSpace.listens(process.pid, on: ports) }
            return ports.allSatisfy { LineSocket.accepts(port: $0) }
        case .logLine(let words, let file):
            let file = file ?? output
            return ServerLogs.read(file).dropFirst(marks[file] ?? 0).contains(words)
        }
    }
}

extension Daemon.Readiness {
    fileprivate var words: String {
        switch self {
        case .ports(let ports): "ports " + ports.map(String.init).joined(separator: ", ")
        case .logLine(let words, _): "“\(words)” in its log"
        }
    }
}

/// Calls `start` again with fresh ports if another program took one of the ports first.
func retryingBusyPorts<Server: Sendable>(_ start: () async throws -> Server) async throws -> Server {
    var attempts = 3
    while true {
        do {
            return try await start()
        } catch let failure as RigFailure {
            attempts -= 1
            let text = failure.description.lowercased()
            let isBusy = ["in use", "eaddrinuse", "cannot bind", "can't bind"].contains { text.contains($0) }
            guard isBusy && attempts > 0 else { throw failure }
        }
    }
}
