/// A real XMPP server with the gateways' components.
package protocol XMPPServer: Sendable {
    var daemon: Daemon { get }
    var domain: String { get }
    var clientPort: Int { get }
    /// Where components connect: the same or one for each gateway, by the first label of its domain.
    func componentPort(for gateway: String) -> Int
    /// The file with the secret that the server expects of that gateway.
    func secretFile(for gateway: String) -> String
    /// Makes an account.
    func addAccount(_ name: String) async throws -> XMPPAccount
}
