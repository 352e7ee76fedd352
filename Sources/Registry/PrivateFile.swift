import Foundation

/// An open regular file. Files that it creates have mode 0600, so that only their owner can use them. The file is
/// closed when the instance is released. The errors are texts for the operator.
package final class PrivateFile: Sendable {
    package let path: String
    fileprivate let descriptor: Int32

    /// Opens a file for reading; nil if it does not exist.
    package convenience init?(reading path: String) throws(RegistryError) {
        // Without O_NONBLOCK, opening a FIFO would block until another process opens it for writing.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        if descriptor < 0, errno == ENOENT { return nil }
        try self.init(path, descriptor, "read")
    }

    /// Creates a file for writing. Throws if it already exists.
    package convenience init(creating path: String) throws(RegistryError) {
        try self.init(path, open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600), "created")
    }

    /// Opens a file for reading and writing, or creates it empty.
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

    /// The file's kind, permissions and identity; nil if the system reports an error.
    package var status: FileStatus? {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? FileStatus(status) : nil
    }

    /// Reads up to `count` bytes.
    func read(atMost count: Int) throws(RegistryError) -> Data {
        do {
            return try FileHandle(fileDescriptor: descriptor).read(upToCount: count) ?? Data()
        } catch {
            throw .unavailable("\(path) cannot be read: \(error.localizedDescription)")
        }
    }

    /// Writes the bytes and syncs the file. On an error it deletes the file, so that no partial file stays.
    package func write(_ bytes: Data) throws(RegistryError) {
        do {
            let handle = FileHandle(fileDescriptor: descriptor)
            try handle.write(contentsOf: bytes)
            try handle.synchronize()
        } catch {
            unlink(path)
            throw .unavailable("\(path) cannot be written: \(error.localizedDescription)")
        }
    }

    /// Makes the content durable that others have written to the file.
    package func sync() throws(RegistryError) {
        guard fsync(descriptor) == 0 else {
            throw .unavailable("\(path) cannot be written: \(String(cString: strerror(errno)))")
        }
    }

    /// Syncs the folder of a new file, so that the file's name is durable too.
    package static func syncFolder(of path: String) {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        let descriptor = open(folder, O_RDONLY | O_CLOEXEC | O_DIRECTORY)
        guard descriptor >= 0 else { return }
        defer { _ = Foundation.close(descriptor) }
        _ = fsync(descriptor)
    }

    /// Locks the file with `flock`, without waiting. False if another process holds the lock.
    package func lock() -> Bool { flock(descriptor, LOCK_EX | LOCK_NB) == 0 }
}

/// The kind, size, permissions and identity of a file, as `stat` reports them.
package struct FileStatus: Sendable {
    /// Identifies a file whatever path names it.
    package struct Identity: Hashable, Sendable {
        let device: UInt64
        let inode: UInt64
    }

    package let identity: Identity
    /// The permission bits.
    package let mode: mode_t
    /// The number of bytes.
    package let size: Int
    /// The number of hard links.
    package let hardLinkCount: Int
    private let kind: mode_t

    init(_ status: stat) {
        identity = Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
        mode = status.st_mode & 0o777
        size = Int(status.st_size)
        hardLinkCount = Int(status.st_nlink)
        kind = status.st_mode & S_IFMT
    }

    /// Reads the status of the file at the path. Follows symbolic links. Nil, with the reason in `errno`, if the file
    /// does not exist or cannot be reached.
    package init?(of path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.init(status)
    }

    package var isRegular: Bool { kind == S_IFREG }
    package var isFolder: Bool { kind == S_IFDIR }
}
