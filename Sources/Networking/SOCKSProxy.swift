import Basics

/// A SOCKS5 proxy (RFC 1928) through which a connection is made. The proxy looks up the host's name.
package struct SOCKSProxy: Sendable, Hashable {
    package let endpoint: Endpoint
    /// The name and password for the proxy (RFC 1929); nil if it wants none.
    package let login: Login?

    /// A name and a password. Each has 1 to 255 bytes; nothing else can be sent.
    package struct Login: Sendable, Hashable {
        let name: Secret
        let password: Secret

        /// Nil unless both texts have 1 to 255 bytes.
        package init?(name: Secret, password: Secret) {
            guard [name, password].allSatisfy({ (1...255).contains($0.reveal().utf8.count) }) else { return nil }
            self.name = name
            self.password = password
        }
    }

    package init(_ endpoint: Endpoint, login: Login? = nil) {
        self.endpoint = endpoint
        self.login = login
    }
}
