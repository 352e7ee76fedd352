/// A real IRC server with one network.
package protocol IRCServer: Sendable {
    var daemon: Daemon { get }
    /// Plain text.
    var port: Int { get }
    var tlsPort: Int { get }
    /// Signs itself; made out to localhost and 127.0.0.1.
    var certificate: Certificate { get }
}
