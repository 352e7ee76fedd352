import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import NIOSSL

/// The TLS contexts of a dialer, one for each set of settings. Creating a context takes milliseconds and memory,
/// because it parses the system's trust store. Any number of connections can share a context.
///
/// Therefore the dialer reads a trust file once. A change of the file takes effect after a restart.
final class TLSContexts: Sendable {
    /// The settings on which a context depends. Names and pins belong to the connection.
    private struct Key: Hashable {
        let verification: CertificateVerification
        let roots: TLSSettings.TrustRoots
    }

    private let contexts = NIOLockedValueBox<[Key: NIOSSLContext]>([:])

    /// The context for those settings. A new context is made off the loop, and kept for other connections. A context
    /// with an identity is not kept. Fails with `DialError.badSettings`.
    func context(for settings: TLSSettings, on loop: any EventLoop) -> EventLoopFuture<NIOSSLContext> {
        let key = TLSContexts.key(settings)
        if let identity = settings.clientCertificate {
            return NIOThreadPool.singleton.runIfActive(eventLoop: loop) { try TLSContexts.make(key, identity) }
        }
        if let known = contexts.withLockedValue({ $0[key] }) { return loop.makeSucceededFuture(known) }
        return NIOThreadPool.singleton.runIfActive(eventLoop: loop) { [self] in
            let context = try TLSContexts.make(key)
            contexts.withLockedValue { $0[key] = context }
            return context
        }
    }

    private static func key(_ settings: TLSSettings) -> Key {
        switch settings.verify {
        case .full: Key(verification: .fullVerification, roots: settings.trustRoots)
        case .none: Key(verification: .none, roots: .system)
        // The check of the pinned key replaces the check of the chain. But the library calls it only if verification is
        // on.
        case .pinned: Key(verification: .noHostnameVerification, roots: .system)
        }
    }

    /// The signatures that a server may use, the preferred ones first. The library's own list has no P-521 and no
    /// Ed25519.
    private static let signatures: [SignatureAlgorithm] = [
        .ecdsaSecp256R1Sha256, .ed25519, .rsaPssRsaeSha256, .rsaPkcs1Sha256, .ecdsaSecp384R1Sha384, .rsaPssRsaeSha384,
        .rsaPkcs1Sha384, .ecdsaSecp521R1Sha512, .rsaPssRsaeSha512, .rsaPkcs1Sha512, .rsaPkcs1Sha1,
    ]

    /// The groups for the exchange of keys, the preferred ones first. With TLS 1.2, the key of a server's certificate
    /// must be of one of these groups, too (RFC 8422 §5.1), so P-521 is among them.
    private static let groups: [NIOTLSCurve] = [.x25519_MLKEM768, .x25519, .secp256r1, .secp384r1, .secp521r1]

    private static func make(_ key: Key, _ identity: TLSSettings.ClientCertificate? = nil) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.certificateVerification = key.verification
        configuration.verifySignatureAlgorithms = signatures
        configuration.curves = groups
        switch key.roots {
        case .system: configuration.trustRoots = .default
        case .file(let path): configuration.trustRoots = .certificates(try PEMFile(path: path).certificates())
        }
        do {
            switch identity {
            case .inMemory(let identity)?: try identity.show(in: &configuration)
            case .files(let files)?: try files.show(in: &configuration)
            case nil: break
            }
            return try NIOSSLContext(configuration: configuration)
        } catch let error as DialError {
            throw error
        } catch {
            throw DialError.badSettings(reason: "TLS cannot be set up: \(ErrorWords.words(of: error))")
        }
    }
}
