import Foundation

/// A regular file for its owner only (mode 0600), closed when it is let go. Errors are words for the operator.
package final class PrivateFile: Sendable {
    package let path: String
    fileprivate let descriptor: Int32

    /// Nil if there is no such file.
    package convenience init?(reading path: String) throws(RegistryError) {
        // A FIFO would wait for somebody to write into it.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        if descriptor < 0, errno == ENOENT { return nil }
        try self.init(path, descriptor, "read")
    }

    package convenience init(creating path: String) throws(RegistryError) {
        try self.init(path, open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600), "created")
    }

    /// Opens the file, or creates it empty.
    package convenience init(openingOrCreating path: String) throws(RegistryError) {
        try self.init(path, open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0o600), "opened")
    }

    private init(_ path: String, _ descriptor: Int32, _ verb: String) throws(RegistryError) {
        let code = errno
        self.path = path
        self.descriptor = descriptor
        if descriptor < 0 { throw .unavailable("\(path) cannot be \(verb): \(String(cString: strerror(code)))") }
        guard status?.isRegular == true else { throw .unavailable("\(path) is not a regular file") }
    }

    deinit { if descriptor >= 0 { _ = Foundation.close(descriptor) } }

    /// Kind, permissions and identity; nil if the system does not say.
    package var status: FileStatus? {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? FileStatus(status) : nil
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
    static func syncFolder(of path: String) {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        let descriptor = open(folder, O_RDONLY | O_CLOEXEC | O_DIRECTORY)
        guard descriptor >= 0 else { return }
        defer { _ = Foundation.close(descriptor) }
        _ = fsync(descriptor)
    }

    /// False if somebody else holds it.
    package func lock() -> Bool { flock(descriptor, LOCK_EX | LOCK_NB) == 0 }
}

/// What the system says of a file.
package struct FileStatus: Sendable {
    /// A file whatever its names: device and inode.
    package struct Identity: Hashable, Sendable {
        let device: UInt64
        let inode: UInt64
    }

    package let identity: Identity
    /// Permission bits.
    package let mode: mode_t
    package let size: Int
    /// Hard links.
    package let names: Int
    private let kind: mode_t

    init(_ status: stat) {
        identity = Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
        mode = status.st_mode & 0o777
        size = Int(status.st_size)
        names = Int(status.st_nlink)
        kind = status.st_mode & S_IFMT
    }

    /// Nil if there is no such file, or it cannot be looked at. Follows symbolic links.
    package init?(of path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.init(status)
    }

    package var isRegular: Bool { kind == S_IFREG }
    package var isFolder: Bool { kind == S_IFDIR }
}
