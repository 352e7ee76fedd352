import Foundation
import GRDB
import GatewayKit
import Logging
import Registry
import Synchronization

@testable import SQLiteStore

/// A folder that is deleted when the instance is released.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("registry-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var database: String { path + "/registry.sqlite" }
    var key: String { database + ".key" }

    func open(busyTimeout: Duration = .seconds(5), logger: Logger = .silent) throws -> SQLiteStore {
        try SQLiteStore(path: database, busyTimeout: busyTimeout, logger: logger)
    }

    func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    /// The bytes of all files in the folder except the key file.
    func allBytes() throws -> Data {
        try FileManager.default.contentsOfDirectory(atPath: path).filter { !$0.hasSuffix(".key") }
            .reduce(into: Data()) { $0 += try Data(contentsOf: URL(fileURLWithPath: "\(path)/\($1)")) }
    }
}

extension SQLiteStore {
    /// Submits a change and waits for the reply.
    func commit(_ change: Change) async -> Result<ChangeReply, RegistryError> {
        await withCheckedContinuation { continuation in submit(change) { continuation.resume(returning: $0) } }
    }

    /// Commits these changes as one group.
    func commitTogether(_ changes: [Change]) async throws -> Batch.Outcome {
        let batch = batch(changes)
        return try await access { batch.commit($0) }
    }

    /// Reads a snapshot with all accounts.
    func snapshot(gateway: String) async throws -> GatewaySnapshot {
        try await snapshot(gateway: gateway, accounts: true)
    }

    func outbound(id: RequestID) async throws -> OutboundEntry? { try await read(OutboundQuery(id: id)) }

    func readUser(_ user: UserID, on gateway: String = sms) async throws -> UserRecord {
        try await read(UserQuery(gateway: gateway, user: user))
    }

    func execute(_ sql: String) async throws {
        try await access { try $0.execute(sql: sql) }
    }

    func count(_ table: String) async throws -> Int {
        try await access { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM \(table)") ?? -1 }
    }
}

/// Records the log: each line as "level message", and its metadata.
final class LogLines: Sendable {
    private let stored = Mutex<[(line: String, metadata: Logger.Metadata)]>([])

    var all: [String] { stored.withLock { $0.map(\.line) } }
    var metadata: [Logger.Metadata] { stored.withLock { $0.map(\.metadata) } }
    var logger: Logger { Logger(label: "test") { _ in Handler(lines: self) } }

    private struct Handler: LogHandler {
        let lines: LogLines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.info

        init(lines: LogLines) { self.lines = lines }

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            lines.stored.withLock { $0.append(("\(event.level) \(event.message)", event.metadata ?? [:])) }
        }
    }
}

extension Logger {
    static var silent: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}
