import Basics

/// Whether and how a connection is encrypted.
package enum TLSMode: Sendable, Hashable {
    case plain
    /// TLS 1.2 or later from the first byte.
    case tls(TLSSettings)
}

/// How the certificate of a server is checked, and which certificate is shown to the server.
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

    /// The certificate to show to the server, with its key.
    package enum ClientCertificate: Sendable, Hashable {
        /// The certificate and key are in memory.
        case inMemory(TLSIdentity)
        /// Each connection reads the files anew, so that it uses a renewed certificate.
        case files(TLSIdentityFiles)
    }

    /// The name that the certificate must have, also sent as SNI; nil for the host that is dialled.
    package var serverName: String?
    package var verify: Verify
    package var trustRoots: TrustRoots
    /// The certificate to show to the server. Each connection with one takes about a megabyte of memory more.
    package var clientCertificate: ClientCertificate?

    package init(
        serverName: String? = nil, verify: Verify = .full, trustRoots: TrustRoots = .system,
        clientCertificate: ClientCertificate? = nil
    ) {
        self.serverName = serverName
        self.verify = verify
        self.trustRoots = trustRoots
        self.clientCertificate = clientCertificate
    }

    /// The settings for the usual keys of a configuration. Pins take the place of the other checks.
    package init(checksCertificate: Bool, pins: [KeyPin], caFile: String?) {
        let verify: Verify = checksCertificate ? .full : .none
        self.init(
            verify: pins.isEmpty ? verify : .pinned(pins.map(\.hex)),
            trustRoots: caFile.map { .file($0) } ?? .system)
    }
}

extension TLSSettings.TrustRoots {
    /// Why the file cannot be used, in words; nil if it can.
    package var flaw: String? {
        guard case .file(let path) = self else { return nil }
        do throws(DialError) {
            _ = try PEMFile(path: path).certificates()
            return nil
        } catch {
            return "\(error)"
        }
    }
}
