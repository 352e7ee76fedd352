import Glibc

/// A SOCKS proxy (RFC 1928): microsocks on a port of 127.0.0.1.
package final class SOCKSProxy: Sendable {
    package let port: Int
    private let process: ChildProcess

    /// Starts a proxy and returns when it accepts connections.
    ///
    /// - Parameters:
    ///   - address: the address from which the proxy connects to others.
    ///   - hasLogin: whether it demands the name `martlet` and the password `gatewaypw`.
    package static func start(in folder: RigFolder, from address: String, hasLogin: Bool) async throws -> SOCKSProxy {
        let port = try Port.free()
        let login = hasLogin ? ["-u", "martlet", "-P", "gatewaypw"] : []
        let process = try folder.launch(
            "socks-proxy",
            ["/usr/bin/microsocks", "-i", "127.0.0.1", "-p", "\(port)", "-b", address] + login)
        try await poll("the SOCKS proxy to listen", within: .patience) {
            folder.logs.tails()
        } until: {
            LineSocket.accepts(port: port) ? () : nil
        }
        return SOCKSProxy(port: port, process: process)
    }

    private init(port: Int, process: ChildProcess) {
        self.port = port
        self.process = process
    }

    package func stop() { process.send(signal: SIGTERM) }
}
