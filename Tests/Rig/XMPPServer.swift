/// A real XMPP server with the gateways' components.
package protocol XMPPServer: Sendable {
    var daemon: Daemon { get }
    var domain: String { get }
    var clientPort: Int { get }
    /// The port at which a gateway's component connects; `gateway` is the first label of its domain. A server may have
    /// one port for all.
    func componentPort(for gateway: String) -> Int
    /// The file with the secret that the server expects from that gateway.
    func secretFile(for gateway: String) -> String
    /// Makes an account.
    func addAccount(_ name: String) async throws -> XMPPAccount
    /// Keys of a gateway's section that the server demands for the stream, one line of YAML each.
    var streamKeys: [String] { get }
}

extension XMPPServer {
    package var streamKeys: [String] { [] }
}
