import Basics
import NIOCore

/// Why a connection could not be made.
package enum DialError: Error, Sendable, Equatable {
    /// What was going on when the time ran out.
    package enum Phase: String, Sendable {
        case resolving = "looking up the name"
        case connecting
        case handshake = "the TLS handshake"
    }

    /// The name has no address: the name servers say so, or it can be no name of a host.
    case notResolvable(host: String, reason: String)
    /// The name could not be looked up now.
    case lookUpFailed(host: String, LookUpProblem)
    /// Nobody listens on that port.
    case refused(Endpoint)
    /// No way there: network or host down, or a firewall says no.
    case unreachable(Endpoint, reason: String)
    /// This process has as many files and connections open as it may.
    case tooManyOpenFiles(Endpoint)
    /// No result within the time given.
    case timedOut(Endpoint, during: Phase)
    /// Every address of the host is one that `AddressPolicy` forbids.
    case addressNotAllowed(Endpoint, address: String, scope: AddressPolicy.Scope)
    /// TLS works but the certificate is not one that we may trust.
    case certificateNotTrusted(Endpoint, CertificateProblem)
    /// TLS could not be set up: no common version or cipher, or no TLS spoken on that port.
    case tlsFailed(Endpoint, reason: String)
    /// The other side hung up before the connection was ready.
    case closed(Endpoint)
    /// Our own settings cannot work: a trust file that cannot be read, a pin that is not a SHA-256, a bad name.
    case badSettings(reason: String)
}

/// What is wrong with the certificate of a server.
package struct CertificateProblem: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        /// Not valid any more; the day it ended, as `YYYY-MM-DD`.
        case expired(since: String)
        /// Not valid yet; the day it begins.
        case notYetValid(from: String)
        /// Signed by itself and not among the trusted.
        case selfSigned
        /// Signed by an authority that is not trusted, or intermediate certificates are missing.
        case unknownIssuer(String)
        /// Valid, but for other names.
        case wrongName(expected: String, certified: [String])
        /// The key is not the pinned one; SHA-256 of the key that was shown, in hex.
        case otherKey(sha256: String)
        /// None of the above could be made out.
        case unverified(String)
    }

    /// The subject's common name or first certified name; empty if it has none.
    package let subject: String
    package let kind: Kind

    package init(subject: String, kind: Kind) {
        self.subject = subject
        self.kind = kind
    }
}

extension DialError {
    /// Whether the same attempt may succeed later without anybody changing a setting.
    package var mayPass: Bool {
        switch self {
        case .notResolvable, .lookUpFailed, .refused, .unreachable, .tooManyOpenFiles, .timedOut, .closed, .tlsFailed:
            true
        case .addressNotAllowed, .certificateNotTrusted, .badSettings: false
        }
    }
}
