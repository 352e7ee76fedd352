import Glibc

/// Connections to a port of loopback that send nothing.
package final class IdleConnections: Sendable {
    private let handles: [Int32]

    /// - Parameter source: the address of this machine from which the connections come.
    package init(_ count: Int, from source: String, to port: Int) throws {
        raiseDescriptorLimit()
        var handles: [Int32] = []
        for _ in 0..<count {
            guard let handle = Self.connect(from: source, to: port) else {
                handles.forEach { _ = Glibc.close($0) }
                throw RigFailure("no connection number \(handles.count + 1) to port \(port): error \(errno)")
            }
            handles.append(handle)
        }
        self.handles = handles
    }

    package func close() { handles.forEach { _ = Glibc.close($0) } }

    private static func connect(from source: String, to port: Int) -> Int32? {
        let handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard handle >= 0 else { return nil }
        let isConnected = call(Glibc.bind, handle, source, 0) && call(Glibc.connect, handle, "127.0.0.1", port)
        if !isConnected { _ = Glibc.close(handle) }
        return isConnected ? handle : nil
    }

    private static func call(
        _ function: (Int32, UnsafePointer<sockaddr>?, socklen_t) -> Int32, _ handle: Int32, _ host: String, _ port: Int
    ) -> Bool {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        inet_pton(AF_INET, host, &address.sin_addr)
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                function(handle, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}

/// Allows this process as many connections as the system lets one process have.
private func raiseDescriptorLimit() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
}
