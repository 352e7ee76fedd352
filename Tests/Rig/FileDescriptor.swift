import Glibc

/// One end of a pipe, closed when its last owner is freed. Programs that the rig starts do not inherit it.
final class FileDescriptor: Sendable {
    let number: Int32

    init(_ number: Int32) { self.number = number }

    deinit { close(number) }

    static func pipe() throws -> (read: FileDescriptor, write: FileDescriptor) {
        var ends: [Int32] = [-1, -1]
        guard Glibc.pipe(&ends) == 0 else { throw RigFailure("no pipe: \(String(cString: strerror(errno)))") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (FileDescriptor(ends[0]), FileDescriptor(ends[1]))
    }

    /// Reads the next byte; nil if the other end has closed. It blocks.
    func readByte() -> UInt8? {
        var byte: UInt8 = 0
        while true {
            let count = Glibc.read(number, &byte, 1)
            if count == -1 && errno == EINTR { continue }
            return count == 1 ? byte : nil
        }
    }

    /// Writes everything or throws.
    func write(_ text: String) throws {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes { Glibc.write(number, $0.baseAddress, $0.count) }
            if written == -1 && errno == EINTR { continue }
            guard written > 0 else { throw RigFailure("cannot write: \(String(cString: strerror(errno)))") }
            bytes = bytes.dropFirst(written)
        }
    }

    /// Calls `handle` with line after line until the other end closes. It blocks, so call it on a thread of its own.
    func readLines(_ handle: (String) -> Void) {
        var pending: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = chunk.withUnsafeMutableBytes { Glibc.read(number, $0.baseAddress, $0.count) }
            if count == -1 && errno == EINTR { continue }
            guard count > 0 else { return }
            pending.append(contentsOf: chunk[..<count])
            while let end = pending.firstIndex(of: 0x0A) {
                var line = pending[..<end]
                if line.last == 0x0D { line.removeLast() }
                handle(String(decoding: line, as: UTF8.self))
                pending.removeSubrange(...end)
            }
        }
    }
}
