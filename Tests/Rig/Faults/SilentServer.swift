import Glibc

/// A TCP server on loopback that takes connections, and never says a word.
package final class SilentServer: Sendable {
    package let port: Int
    private let descriptor: Int32

    package init() throws {
        port = try Port.free()
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        // The kernel completes the connections of the backlog, although nobody accepts them.
        guard LineSocket.withLoopback(port: port, { bind(descriptor, $0, $1) }) == 0, listen(descriptor, 16) == 0 else {
            throw RigFailure("cannot listen on port \(port): \(String(cString: strerror(errno)))")
        }
    }

    /// Resets all connections, and refuses further ones.
    package func close() { _ = Glibc.close(descriptor) }
}
