import Foundation
import GRDB
import Logging
import Registry

/// Checks before a start, for programs that do not open the registry themselves.
extension SQLiteStore {
    /// Bytes that must be free on the disk for a start.
    private static let leastSpace: UInt64 = 16 << 20

    /// Checks whether a start with the registry at this path would succeed. Nil if so. Otherwise the reason, as the end
    /// of a sentence.
    package static func flaw(ofStartWith path: String) -> String? {
        if let flaw = flaw(ofFile: path) { return flaw }
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        if let space = freeSpace(folder), space < leastSpace {
            return "is on a disk with only \(space >> 10) KiB of free space: make room for \(leastSpace >> 20) MiB"
        }
        switch version(ofFile: path) {
        case .newer: return "was written by a newer Martlet: run that version, or restore a backup"
        case .unreadable(let reason): return "cannot be used: \(reason)"
        case .unknown, .older, .present: return nil
        }
    }

    /// The same for the key file.
    package static func flaw(ofStartWithKeyFile path: String) -> String? {
        if let flaw = flaw(ofKeyFile: path) { return flaw }
        guard let status = FileStatus(of: path) else { return nil }
        guard FileManager.default.isReadableFile(atPath: path) else {
            return "cannot be read by user \(getuid()): look at its owner and mode"
        }
        return status.mode & 0o077 == 0 ? nil : "can be read by others: chmod 600 \(path)"
    }

    /// Whether the next start will bring the registry up to date.
    package static func isOfOlderVersion(_ path: String) -> Bool { version(ofFile: path) == .older }

    /// Whether a process has the registry open, by the kernel's list of locks. It takes no lock itself: a Martlet that
    /// starts at the same time would find it.
    package static func isInUse(_ path: String) -> Bool {
        var status = stat()
        guard stat(path, &status) == 0, let locks = FileManager.default.contents(atPath: "/proc/locks") else {
            return false
        }
        // A line has the number, the kind, the mode, the access, the process, and DEVICE:INODE (proc(5)).
        return String(decoding: locks, as: UTF8.self).split(separator: "\n").contains { line in
            let words = line.split(separator: " ")
            return words.contains("FLOCK") && words.contains { $0.hasSuffix(":\(status.st_ino)") }
        }
    }

    private enum Version: Equatable {
        /// There is no file, or a Martlet is using it.
        case unknown
        case older, present, newer
        case unreadable(String)
    }

    private static func version(ofFile path: String) -> Version {
        guard let status = FileStatus(of: path), status.size > 0, !isInUse(path) else { return .unknown }
        var configuration = Configuration()
        configuration.readonly = true
        let migrator = Schema.migrator(Logger(label: "registry") { _ in SwiftLogNoOpLogHandler() })
        do {
            let database = try DatabaseQueue(path: path, configuration: configuration)
            return try database.read { db in
                if try migrator.hasBeenSuperseded(db) { return .newer }
                return try migrator.hasCompletedMigrations(db) ? .present : .older
            }
        } catch {
            return .unreadable("\(RegistryError(error, path: path))")
        }
    }

    private static func freeSpace(_ folder: String) -> UInt64? {
        var status = statvfs()
        guard statvfs(folder, &status) == 0 else { return nil }
        return UInt64(status.f_bavail) * UInt64(status.f_frsize)
    }
}
