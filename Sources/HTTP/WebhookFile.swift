import Foundation

/// An open file that a reply sends as its body. It is closed when the last reference to it is gone.
package final class WebhookFile: Sendable {
    /// The number of bytes when the file was opened.
    package let size: Int
    private let descriptor: Int32

    /// Opens a regular file. Nil if there is none. It blocks, so do not call it on an event loop.
    package init?(path: String) {
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            return nil
        }
        self.descriptor = descriptor
        size = Int(status.st_size)
    }

    deinit { close(descriptor) }

    /// Reads bytes from a place. Nil if there are fewer. It blocks.
    func read(at offset: Int, count: Int) -> [UInt8]? {
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            filled = max(0, pread(descriptor, buffer.baseAddress, count, off_t(offset)))
        }
        return bytes.count == count ? bytes : nil
    }
}

extension WebhookFile: Hashable {
    package static func == (a: WebhookFile, b: WebhookFile) -> Bool { a === b }
    package func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
