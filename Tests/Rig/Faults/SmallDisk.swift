import Foundation
import Glibc

/// A file system of a few megabytes in memory, which can be filled up and emptied again. Needs root.
package final class SmallDisk: Sendable {
    package let path: String
    private var ballast: String { path + "/ballast" }

    /// Mounts the file system at that folder.
    init(at path: String, megabytes: Int) throws {
        self.path = path
        guard mount("tmpfs", path, "tmpfs", 0, "size=\(megabytes)m,mode=0755") == 0 else {
            throw RigFailure("cannot mount a disk at \(path): \(String(cString: strerror(errno)))")
        }
    }

    /// Why this machine cannot have such a disk; nil if it can.
    package static let obstacle: String? = {
        var template = Array((NSTemporaryDirectory() + "/martlet-disk-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { return "no temporary folder" }
        let bytes = template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        let folder = String(decoding: bytes, as: UTF8.self)
        defer { rmdir(folder) }
        guard mount("tmpfs", folder, "tmpfs", 0, "size=1m") == 0 else {
            return "mounting is not permitted: \(String(cString: strerror(errno)))"
        }
        umount2(folder, Int32(MNT_DETACH))
        return nil
    }()

    /// Fills the disk until there is no space left.
    package func fill() throws {
        let file = open(ballast, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw RigFailure("cannot write \(ballast): \(String(cString: strerror(errno)))") }
        defer { close(file) }
        for size in [65_536, 4096, 1] {
            let block = [UInt8](repeating: 0x2E, count: size)
            while write(file, block, size) > 0 {}
        }
    }

    /// Frees the space again.
    package func empty() { unlink(ballast) }

    func unmount() { umount2(path, Int32(MNT_DETACH)) }
}
