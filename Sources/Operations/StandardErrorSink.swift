import Foundation
import Synchronization

/// Writes to standard error, one record at a time: records of two threads never mix.
final class StandardErrorSink: Sendable {
    private let descriptor: Mutex<Int32>

    init(descriptor: Int32 = STDERR_FILENO) { self.descriptor = Mutex(descriptor) }

    /// Writes a record with one `write(2)`; only the bytes that the kernel did not take at once are written after it.
    /// A record that cannot be written is dropped, because there is no other place to report the failure.
    func write(_ bytes: [UInt8]) {
        descriptor.withLock { descriptor in
            bytes.withUnsafeBytes { buffer in
                var rest = buffer[...]
                while !rest.isEmpty {
                    let written = Foundation.write(
                        descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                    if written < 0 && errno == EINTR { continue }
                    guard written > 0 else { return }
                    rest = rest.dropFirst(written)
                }
            }
        }
    }
}
