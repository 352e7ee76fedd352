import Foundation
import GRDB
import Registry

/// Tests whether the registry can be written, without a change of a user.
enum WriteProbe {
    /// The size of the test write: more than any single change needs.
    private static let bytes = 65_536
    /// The number of free bytes below which a disk counts as nearly full.
    private static let lowSpace = 1 << 20

    /// Writes test data and deletes it again, in one transaction. Nil if that worked, otherwise the reason. Call it on
    /// the writer's thread.
    static func failure(_ db: Database, path: String) -> RegistryError? {
        do {
            try db.inTransaction(.immediate) {
                try db.execute(
                    sql: """
                        CREATE TABLE write_probe (bytes BLOB); INSERT INTO write_probe VALUES (zeroblob(\(bytes)));
                        DROP TABLE write_probe;
                        """)
                return .commit
            }
            // Writing to a deleted file succeeds, but the data is lost when the file is closed.
            guard FileStatus(of: path) == nil else { return nil }
            return .unavailable(
                "\(path) was deleted or moved away while in use: move it back, or stop Martlet and restore a backup")
        } catch {
            return RegistryError(error, path: path)
        }
    }

    /// Whether a test write is needed: the file system is nearly full or read-only, or the file is gone. It makes one
    /// system call.
    static func isDue(_ path: String) -> Bool {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return true }
        return status.f_flag & UInt(ST_RDONLY) != 0
            || UInt64(status.f_bavail) * UInt64(status.f_frsize) < UInt64(lowSpace)
    }
}
