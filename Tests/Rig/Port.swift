import Glibc
import Synchronization

/// TCP ports for servers on loopback, below the range from which the kernel takes ports for outgoing connections. No
/// port is given out twice. Another program may still take a port first, so the caller tries again with other ports.
package enum Port {
    private static let taken = Mutex<Set<Int>>([])

    package static func free() throws -> Int {
        for _ in 0..<500 {
            let port = Int.random(in: 20_000..<32_000)
            let isNew = taken.withLock { $0.insert(port).inserted }
            if isNew && canBind(port) { return port }
        }
        throw RigFailure("found no free TCP port between 20000 and 32000")
    }

    /// One of the few ports to which BitlBee connects as a client of XMPP.
    package static func low() throws -> Int {
        guard let port = (5223...5229).shuffled().first(where: canBind) else {
            throw RigFailure("found no free TCP port between 5223 and 5229")
        }
        return port
    }

    /// Whether the port can be bound on all addresses, as Kannel does.
    private static func canBind(_ port: Int) -> Bool {
        let handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        defer { close(handle) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(handle, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
