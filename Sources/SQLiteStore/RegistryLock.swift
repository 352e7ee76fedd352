import Foundation
import Registry
import Synchronization

/// Keeps two Martlet processes from using one registry: both would send the same messages. The kernel releases the lock
/// when the process ends, however it ends.
///
/// The lock covers two files: `PATH.lock` (PATH without symbolic links), and the registry itself. So another name of
/// the registry, such as a hard link, does not get around the lock.
///
/// `flock` does not conflict with the locks that SQLite takes with `fcntl`. But closing any descriptor of the file
/// drops SQLite's locks. Therefore the descriptor stays open until SQLite has closed the file, and this process never
/// opens a registry that it already has open.
final class RegistryLock: Sendable {
    /// The registries that this process has open.
    private static let inUse = Mutex<Set<FileStatus.Identity>>([])

    /// Whether the file existed and was empty when it was opened.
    let wasEmpty: Bool
    /// The number of hard links.
    let hardLinkCount: Int
    private let identity: FileStatus.Identity
    private let locks: Mutex<[PrivateFile]>

    /// Opens and locks the file, or creates it with mode 0600. SQLite would create it with the mode that the process's
    /// umask gives. Throws if another process, or this one, uses the registry.
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
        hardLinkCount = status.hardLinkCount
        wasEmpty = before?.size == 0
        locks = Mutex([file, lock])
    }

    deinit { release() }

    /// Releases the lock. Call it only after SQLite has closed the file. Calling it again does nothing.
    func release() {
        let held = locks.withLock { locks in
            defer { locks = [] }
            return locks
        }
        if !held.isEmpty { _ = Self.inUse.withLock { $0.remove(identity) } }
    }

    /// The path without symbolic links; the path itself if the file does not exist.
    private static func resolved(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}

extension RegistryLock {
    /// Checks whether this process's user can use the path for a registry. Nil if so. Otherwise the reason, as the end
    /// of a sentence. It checks the kind and mode of the file, and its folder. It opens no file.
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
