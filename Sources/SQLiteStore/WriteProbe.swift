import Foundation
import GRDB
import Registry

/// Whether the registry takes data, found out without data of anybody's.
enum WriteProbe {
    /// More than any one change needs to be stored.
    private static let bytes = 65_536
    /// With less room on its disk the registry is tried before somebody needs it.
    private static let lowSpace = 1 << 20

    /// Writes so many bytes and deletes them again, in one transaction. Nil if that worked. On the registry's thread.
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
            // Writing to a deleted file works; only nobody finds the data again.
            guard FileStatus(of: path) == nil else { return nil }
            return .unavailable(
                "\(path) was deleted or moved away while in use: move it back, or stop Martlet and restore a backup")
        } catch {
            return RegistryError(error, path: path)
        }
    }

    /// Whether the file system says that it is nearly full, that it takes nothing at all, or that the file is gone.
    /// Costs one system call.
    static func isDue(_ path: String) -> Bool {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return true }
        return status.f_flag & UInt(ST_RDONLY) != 0
            || UInt64(status.f_bavail) * UInt64(status.f_frsize) < UInt64(lowSpace)
    }
}
