import Basics
import NIOCore

/// The reason why a connection could not be made.
package enum DialError: Error, Sendable, Equatable {
    /// The part of the work that was under way when the time ran out.
    package enum Phase: Sendable {
        case resolving, connecting
        /// The TLS handshake.
        case handshake
    }

    /// The name has no address: the name servers say so, or it is not a valid host name.
    case notResolvable(host: String, reason: String)
    /// The look-up of the name failed, although the name may exist.
    case lookUpFailed(host: String, LookUpProblem)
    /// Nothing listens on that port.
    case refused(Endpoint)
    /// There is no route: the network or the host is down, or a firewall forbids the connection.
    case unreachable(Endpoint, reason: String)
    /// This process has reached its limit of open files and connections.
    case tooManyOpenFiles(Endpoint)
    /// The connection was not made within the given time.
    case timedOut(Endpoint, during: Phase)
    /// `AddressPolicy` forbids every address of the host.
    case addressNotAllowed(Endpoint, address: String, scope: AddressPolicy.Scope)
    /// TLS works, but the certificate may not be trusted.
    case certificateNotTrusted(Endpoint, CertificateProblem)
    /// The TLS handshake failed: there is no common version or cipher, or the port does not speak TLS.
    case tlsFailed(Endpoint, TLSProblem)
    /// The other side closed the connection before it was ready.
    case closed(Endpoint)
    /// The host has no address of the family of the configured source addresses.
    case noAddressForSource(Endpoint)
    /// The configured source address cannot be used on this machine.
    case sourceNotUsable(IPAddress, reason: String)
    /// The proxy made no connection to the endpoint.
    case proxyFailed(Endpoint, proxy: Endpoint, SOCKSProblem)
    /// The gateway's own settings are wrong: a trust file cannot be read, a pin is not a SHA-256, or a name is invalid.
    case badSettings(reason: String)
}

/// The problem of a server's certificate.
package struct CertificateProblem: Sendable, Equatable {
    /// The reason why the certificate is not trusted.
    package enum Kind: Sendable, Equatable {
        /// Not valid any more; `since` is the last day, as `YYYY-MM-DD`.
        case expired(since: String)
        /// Not valid yet; `from` is the first day, as `YYYY-MM-DD`.
        case notYetValid(from: String)
        /// Signed by itself and not one of the trusted certificates.
        case selfSigned
        /// Signed by an authority that is not trusted, or intermediate certificates are missing.
        case unknownIssuer(String)
        /// Valid, but for other names.
        case wrongName(expected: String, certified: [String])
        /// The key is not a pinned one; `sha256` is the hash of the key that the server showed, in hex.
        case otherKey(sha256: String)
        /// The problem is none of the above, or could not be determined.
        case unverified(String)
    }

    /// The common name of the subject, or the first certified name; empty if there is neither.
    package let subject: String
    package let kind: Kind

    package init(subject: String, kind: Kind) {
        self.subject = subject
        self.kind = kind
    }
}

extension DialError {
    /// Whether the same attempt may succeed later without any change of settings.
    package var isTemporary: Bool {
        switch self {
        case .notResolvable, .lookUpFailed, .refused, .unreachable, .tooManyOpenFiles, .timedOut, .closed, .tlsFailed,
            .noAddressForSource, .sourceNotUsable, .proxyFailed:
            true
        case .addressNotAllowed, .certificateNotTrusted, .badSettings: false
        }
    }
}
