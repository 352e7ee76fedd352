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

    /// The context for those settings. A new context is made off the loop. Fails with `DialError.badSettings`.
    func context(for settings: TLSSettings, on loop: any EventLoop) -> EventLoopFuture<NIOSSLContext> {
        let key = TLSContexts.key(settings)
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

    private static func make(_ key: Key) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.certificateVerification = key.verification
        switch key.roots {
        case .system: configuration.trustRoots = .default
        case .file(let path):
            do {
                configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(path))
            } catch {
                throw DialError.badSettings(reason: "the trusted certificates in \(path) cannot be read: \(error)")
            }
        }
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw DialError.badSettings(reason: "TLS cannot be set up: \(error)")
        }
    }
}
