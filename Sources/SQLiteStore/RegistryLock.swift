import Foundation
import Registry
import Synchronization

/// Keeps two Martlets from working on one registry: both would hand over the same messages. The kernel releases it when
/// the process ends, however it ends.
///
/// `PATH.lock` (PATH without symbolic links) is locked, and the file itself, so that no other name of it, such as a hard
/// link, gets around the lock. `flock` and the locks that SQLite takes with `fcntl` do not see each other, but closing
/// any descriptor of the file drops SQLite's. Hence the descriptor stays open until SQLite has closed the file, and
/// a file that this process has open is not opened again.
final class RegistryLock: Sendable {
    /// Files that this process works on.
    private static let inUse = Mutex<Set<FileStatus.Identity>>([])

    /// Was there with nothing in it.
    let wasEmpty: Bool
    /// Hard links.
    let names: Int
    private let identity: FileStatus.Identity
    private let locks: Mutex<[PrivateFile]>

    /// Opens the file, or creates it: SQLite would do so with the mode of the process.
    init(path: String) throws(RegistryError) {
        if let flaw = Self.flaw(path) { throw .unavailable("\(path) \(flaw)") }
        let taken = RegistryError.unavailable("\(path) is in use by another Martlet")
        let before = FileStatus(of: path)
        if let before, Self.inUse.withLock({ $0.contains(before.identity) }) { throw taken }
        let file = try PrivateFile(openingOrCreating: path)
        guard let status = file.status else { throw .unavailable("\(path) cannot be looked at") }
        let lock = try PrivateFile(openingOrCreating: Self.resolved(path) + ".lock")
        guard lock.lock(), file.lock(), Self.inUse.withLock({ $0.insert(status.identity).inserted }) else {
            throw taken
        }
        identity = status.identity
        names = status.names
        wasEmpty = before?.size == 0
        locks = Mutex([file, lock])
    }

    deinit { release() }

    /// To be called when SQLite has closed the file. Calling it again does nothing.
    func release() {
        let held = locks.withLock { locks in
            defer { locks = [] }
            return locks
        }
        if !held.isEmpty { _ = Self.inUse.withLock { $0.remove(identity) } }
    }

    /// Without symbolic links; the file must be there.
    private static func resolved(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}

extension RegistryLock {
    /// Why a path cannot be a registry's for the user of this process, as the end of a sentence; nil if it can. Looks at
    /// the kind and mode of the file and at its folder, and opens nothing.
    static func flaw(_ path: String) -> String? {
        let user = "user \(getuid())"
        if let status = FileStatus(of: path) {
            if status.isFolder { return "is a folder: name the file in it, such as \(inside(path))" }
            guard status.isRegular else { return "is not a regular file" }
            guard access(path, R_OK | W_OK) == 0 else {
                return "cannot be read and written by \(user): look at its owner and mode"
            }
        }
        let folder = URL(fileURLWithPath: resolved(path)).deletingLastPathComponent().path
        guard let status = FileStatus(of: folder) else {
            let reason =
                errno == ENOENT ? "does not exist: create it" : "cannot be reached: \(String(cString: strerror(errno)))"
            return "is in the folder \(folder), which \(reason)"
        }
        guard status.isFolder else { return "is in \(folder), which is no folder" }
        guard access(folder, W_OK | X_OK) == 0 else {
            return "is in the folder \(folder), in which \(user) cannot create files: look at its owner and mode"
        }
        return nil
    }

    private static func inside(_ folder: String) -> String {
        URL(fileURLWithPath: folder).appendingPathComponent("registry.sqlite").path
    }
}
