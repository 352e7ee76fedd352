import Foundation

/// A file for its owner only (mode 0600), closed when it is let go. Errors are words for the operator.
final class PrivateFile: Sendable {
    let path: String
    fileprivate let descriptor: Int32

    /// Nil if there is no such file.
    convenience init?(reading path: String) throws(RegistryError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0, errno == ENOENT { return nil }
        try self.init(path, descriptor, "read")
    }

    convenience init(creating path: String) throws(RegistryError) {
        try self.init(path, open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600), "created")
    }

    /// Opens the file, or creates it empty.
    convenience init(openingOrCreating path: String) throws(RegistryError) {
        try self.init(path, open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600), "opened")
    }

    private init(_ path: String, _ descriptor: Int32, _ verb: String) throws(RegistryError) {
        let code = errno
        self.path = path
        self.descriptor = descriptor
        if descriptor < 0 { throw .unavailable("\(path) cannot be \(verb): \(String(cString: strerror(code)))") }
    }

    deinit { if descriptor >= 0 { _ = Foundation.close(descriptor) } }

    /// SQLite would create its file with the mode of the process; so it finds one.
    static func createIfMissing(_ path: String) throws(RegistryError) {
        _ = try PrivateFile(openingOrCreating: path)
    }

    /// Permission bits.
    var mode: mode_t {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? status.st_mode & 0o777 : 0o777
    }

    func read(atMost count: Int) throws(RegistryError) -> Data {
        do {
            return try FileHandle(fileDescriptor: descriptor).read(upToCount: count) ?? Data()
        } catch {
            throw .unavailable("\(path) cannot be read: \(error.localizedDescription)")
        }
    }

    /// Writes and syncs.
    func write(_ bytes: Data) throws(RegistryError) {
        do {
            let handle = FileHandle(fileDescriptor: descriptor)
            try handle.write(contentsOf: bytes)
            try handle.synchronize()
        } catch {
            unlink(path)
            throw .unavailable("\(path) cannot be written: \(error.localizedDescription)")
        }
    }

    /// Makes a new name in a folder durable.
    static func syncFolder(of path: String) throws(RegistryError) {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        guard let file = try PrivateFile(reading: folder) else { return }
        _ = fsync(file.descriptor)
    }

    /// False if somebody else holds it.
    func lock() -> Bool { flock(descriptor, LOCK_EX | LOCK_NB) == 0 }
    func unlock() { _ = flock(descriptor, LOCK_UN) }
}

/// Keeps two processes from working on one registry: both would hand over the same messages. The kernel releases
/// it when the process ends, however it ends.
final class LockFile: Sendable {
    private let file: PrivateFile

    init(path: String, guarding registry: String) throws(RegistryError) {
        file = try PrivateFile(openingOrCreating: path)
        if !file.lock() { throw .unavailable("\(registry) is in use by another Martlet") }
    }

    func release() { file.unlock() }
}
