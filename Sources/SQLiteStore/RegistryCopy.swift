import Foundation
import GRDB
import Registry

/// Copies a registry while a Martlet may be using it.
package enum RegistryCopy {
    /// Copies the registry to a new file with mode 0600, by SQLite's online backup. The copy is the registry at one
    /// moment, and is durable when this returns. Nobody waits for it. It has no secrets in the clear: they stay sealed
    /// by the key file.
    ///
    /// - Throws: `RegistryError.unavailable` if there is no registry, if the target exists, or if the copy fails. Then
    ///   no part of it stays.
    package static func make(of path: String, to target: String) throws(RegistryError) {
        guard let status = FileStatus(of: path), status.isRegular, status.size > 0 else {
            throw .unavailable(
                "\(path) is no registry: is this the machine and the configuration of the running Martlet?")
        }
        if let status = FileStatus(of: target) {
            throw .unavailable(
                "\(target) is there already, and never overwritten\(status.isFolder ? ": name a file in it" : "")")
        }
        // The number of the process keeps the rest of a killed copy from being in the way.
        let partial = "\(target).\(getpid()).partial"
        // Creates the file first, so that SQLite does not create it with another mode.
        let file = try PrivateFile(creating: partial)
        defer { for suffix in ["", "-journal", "-wal", "-shm"] { unlink(partial + suffix) } }
        do {
            try copy(path, to: partial)
        } catch {
            throw RegistryError(error, path: partial)
        }
        try file.sync()
        // Unlike a rename, a link fails if somebody has created the target meanwhile.
        guard link(partial, target) == 0 else {
            throw .unavailable("\(target) cannot be created: \(String(cString: strerror(errno)))")
        }
        PrivateFile.syncFolder(of: target)
    }

    private static func copy(_ path: String, to partial: String) throws {
        var reading = Configuration()
        reading.readonly = true
        reading.busyMode = .timeout(5)
        let source = try DatabaseQueue(path: path, configuration: reading)
        let target = try DatabaseQueue(path: partial)
        try source.backup(to: target)
        let flaw = try target.inDatabase { db in
            // The copy is one file: without this, SQLite would keep a journal beside it.
            try db.execute(sql: "PRAGMA journal_mode = DELETE")
            return try String.fetchOne(db, sql: "PRAGMA quick_check(1)")
        }
        guard flaw == "ok" else {
            throw RegistryError.unavailable(
                "\(path) is damaged (\(flaw ?? "no answer")): restore it from an earlier copy")
        }
        try target.close()
        try source.close()
    }
}
