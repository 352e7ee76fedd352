import Glibc

/// A service manager's socket, on which programs say how they do (sd_notify(3)).
package final class NoticeListener: Sendable {
    package let path: String
    private let descriptor: FileDescriptor

    /// - Parameter path: the path of the new socket, at most 107 bytes.
    package init(_ path: String) throws {
        self.path = path
        descriptor = FileDescriptor(socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0))
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let result = withUnsafePointer(to: address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor.number, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else { throw RigFailure("no socket at \(path): \(String(cString: strerror(errno)))") }
    }

    deinit { unlink(path) }

    /// The lines of the next datagram; nil if none has come.
    package func next() -> [String]? {
        var bytes = [UInt8](repeating: 0, count: 2_000)
        let count = recv(descriptor.number, &bytes, bytes.count, Int32(MSG_DONTWAIT))
        guard count >= 0 else { return nil }
        return String(decoding: bytes[0..<count], as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// Returns the first datagram with this line, as soon as there is one.
    @discardableResult
    package func expect(_ line: String) async throws -> [String] {
        try await poll("the notice \(line)", within: .patience, failure: { "" }) {
            while let lines = next() { if lines.contains(line) { return lines } }
            return nil
        }
    }
}
