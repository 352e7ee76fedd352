/// A real IRC server with one network.
package protocol IRCServer: Sendable {
    var daemon: Daemon { get }
    /// The port for plain text.
    var port: Int { get }
    var tlsPort: Int { get }
    /// The server's self-signed certificate, for localhost and 127.0.0.1.
    var certificate: Certificate { get }
    /// Other programs of the network. They stop before the server.
    var helpers: [Daemon] { get }
    /// The port for plain text of a second server of the network; nil if there is none.
    var leafPort: Int? { get }
}

extension IRCServer {
    package var helpers: [Daemon] { [] }
    package var leafPort: Int? { nil }
}
