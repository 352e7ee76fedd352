import Glibc

/// A name server that takes every question and answers none, and a resolv.conf that names only this server, seen by
/// one program alone. Needs root.
package final class DeadNameServer: Sendable {
    private let socket: Int32
    private let file: String

    init(in folder: RigFolder) throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = socket
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, size) == 0 && getsockname(descriptor, $0, &size) == 0
            }
        }
        guard isBound else { throw RigFailure("no UDP port for a name server") }
        file = try folder.write("nameserver 127.0.0.1:\(UInt16(bigEndian: address.sin_port))\n", to: "resolv.conf")
    }

    deinit { close(socket) }

    /// The command that runs a program with that resolv.conf, in a mount namespace of its own (unshare(1)).
    func wrap(_ arguments: [String]) -> [String] {
        let script = "mount --bind \"$0\" /etc/resolv.conf && exec \"$@\""
        return ["/usr/bin/unshare", "--mount", "/bin/sh", "-c", script, file] + arguments
    }
}
