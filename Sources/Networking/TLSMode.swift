/// Whether and how a connection is encrypted.
package enum TLSMode: Sendable, Hashable {
    case plain
    /// TLS 1.2 or later from the first byte.
    case tls(TLSSettings)
}

/// How the certificate of a server is checked.
package struct TLSSettings: Sendable, Hashable {
    /// The check of the server's certificate.
    package enum Verify: Sendable, Hashable {
        /// Checks the chain of trust, the dates and the name.
        case full
        /// Checks nothing: the connection is encrypted, but anybody may be at the other end.
        case none
        /// Accepts a certificate only if its public key (SHA-256 of its SubjectPublicKeyInfo, RFC 7469 §2.4) is one of
        /// these, each in a form that `KeyPin` reads. Neither chain, name nor dates are checked.
        case pinned([String])
    }

    /// The certificates that a chain of trust may end in.
    package enum TrustRoots: Sendable, Hashable {
        /// The certificates that the operating system trusts.
        case system
        /// A PEM file with one or more certificates; it is read once per `Dialer`.
        case file(String)
    }

    /// The name that the certificate must have, also sent as SNI; nil for the host that is dialled.
    package var serverName: String?
    package var verify: Verify
    package var trustRoots: TrustRoots
    /// The certificate to show to the server. Each connection with one takes about a megabyte of memory more.
    package var identity: TLSIdentity?

    package init(
        serverName: String? = nil, verify: Verify = .full, trustRoots: TrustRoots = .system,
        identity: TLSIdentity? = nil
    ) {
        self.serverName = serverName
        self.verify = verify
        self.trustRoots = trustRoots
        self.identity = identity
    }
}
