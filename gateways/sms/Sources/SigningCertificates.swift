import HTTP
import NIOSSL
import Synchronization

/// The certificates of signed calls. A call names the address of its certificate, which is fetched once and kept in
/// memory. Used on any thread.
final class SigningCertificates: Sendable {
    /// Maximum of certificates in memory. A service has one for each region and changes it rarely.
    static let most = 32
    /// Maximum of certificates that are fetched at the same time.
    static let mostAsked = 4

    private struct State {
        var known: [String: [UInt8]] = [:]
        var asked: Set<String> = []
    }

    private let state = Mutex(State())
    private let transport: ProviderLink.Transport

    init(_ transport: @escaping ProviderLink.Transport) { self.transport = transport }

    /// The certificate of an address; nil if it is not known.
    func known(_ url: String) -> [UInt8]? { state.withLock { $0.known[url] } }

    /// Fetches a certificate. Calls `done` with true if the certificate is then in memory. While the same address or
    /// `mostAsked` others are being fetched, `done` gets false at once: the provider has to call again.
    func fetch(_ url: String, _ done: @escaping @Sendable (Bool) -> Void) {
        let mayAsk = state.withLock { state in
            state.asked.count < Self.mostAsked && state.asked.insert(url).inserted
        }
        guard mayAsk else { return done(false) }
        transport(HTTPRequest(.get, url: url)) { [self] result in
            var bytes: [UInt8]?
            if case .success(let response) = result, response.status == 200,
                (try? NIOSSLCertificate(bytes: response.body, format: .pem)) != nil
            {
                bytes = response.body
            }
            keep(bytes, of: url)
            done(bytes != nil)
        }
    }

    private func keep(_ bytes: [UInt8]?, of url: String) {
        state.withLock { state in
            state.asked.remove(url)
            guard let bytes else { return }
            if state.known.count >= Self.most { state.known = [:] }
            state.known[url] = bytes
        }
    }
}
