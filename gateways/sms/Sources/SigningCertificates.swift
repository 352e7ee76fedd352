import Basics
import GatewayKit
import HTTP
import NIOSSL
import Synchronization

/// The certificates of signed calls. A call names the address of its certificate, which is fetched once and kept in
/// memory. Used on any thread.
///
/// Anybody can write a call that names an address. So fetches are few at each host, an address that gave no certificate
/// is not asked again for some time, and a certificate that has proven a call is not displaced by those that have not.
final class SigningCertificates: Sendable {
    /// Maximum of certificates in memory. A service has one for each region and changes it rarely.
    static let most = 32
    /// Maximum of certificates that are fetched at the same time, at all hosts and at each host.
    static let mostAsked = 8
    static let mostAskedAtHost = 2
    /// How many seconds an address is not asked again after it gave no certificate.
    static let pause = 30.0
    /// Maximum of addresses that are remembered because they gave no certificate.
    static let mostFailed = 256

    fileprivate struct Known {
        let bytes: [UInt8]
        /// Whether a call has been proven with it.
        var isProven = false
    }

    fileprivate struct State {
        var known: [String: Known] = [:]
        /// The addresses of `known`, the oldest first.
        var order: [String] = []
        var asked: Set<String> = []
        /// The addresses that gave no certificate, with the time.
        var failed: [String: Double] = [:]
    }

    private let state = Mutex(State())
    private let clock: @Sendable () -> Timestamp
    private let transport: ProviderLink.Transport

    init(clock: @escaping @Sendable () -> Timestamp, _ transport: @escaping ProviderLink.Transport) {
        self.clock = clock
        self.transport = transport
    }

    /// The certificate of an address; nil if it is not known.
    func known(_ url: String) -> [UInt8]? { state.withLock { $0.known[url]?.bytes } }

    /// Notes that the certificate of an address has proven a call, so that it stays.
    func proved(_ url: String) { state.withLock { $0.known[url]?.isProven = true } }

    /// Fetches a certificate. Calls `done` with true if the certificate is then in memory. `done` gets false at once
    /// while the same address or too many others are being fetched, and for some time after a failure: the provider has
    /// to call again.
    func fetch(_ url: String, _ done: @escaping @Sendable (Bool) -> Void) {
        let now = clock().secondsSince1970
        guard state.withLock({ $0.mayAsk(url, now: now) }) else { return done(false) }
        transport(HTTPRequest(.get, url: url)) { [self] result in
            var bytes: [UInt8]?
            if case .success(let response) = result, response.status == 200,
                (try? NIOSSLCertificate(bytes: response.body, format: .pem)) != nil
            {
                bytes = response.body
            }
            let end = clock().secondsSince1970
            state.withLock { $0.keep(bytes, of: url, now: end) }
            done(bytes != nil)
        }
    }
}

extension SigningCertificates.State {
    /// Whether an address may be asked now. If so, it counts as asked.
    fileprivate mutating func mayAsk(_ url: String, now: Double) -> Bool {
        if let time = failed[url] {
            guard abs(now - time) >= SigningCertificates.pause else { return false }
            failed[url] = nil
        }
        let host = Self.host(url)
        guard asked.count < SigningCertificates.mostAsked,
            asked.count(where: { Self.host($0) == host }) < SigningCertificates.mostAskedAtHost
        else { return false }
        return asked.insert(url).inserted
    }

    /// Takes the certificate of an address; nil if it gave none.
    fileprivate mutating func keep(_ bytes: [UInt8]?, of url: String, now: Double) {
        asked.remove(url)
        guard let bytes else {
            if failed.count >= SigningCertificates.mostFailed, let oldest = failed.min(by: { $0.value < $1.value }) {
                failed[oldest.key] = nil
            }
            failed[url] = now
            return
        }
        if known.count >= SigningCertificates.most {
            let victim = order.firstIndex { known[$0]?.isProven != true } ?? 0
            known[order.remove(at: victim)] = nil
        }
        if known[url] == nil { order.append(url) }
        known[url] = SigningCertificates.Known(bytes: bytes)
    }

    private static func host(_ url: String) -> Substring {
        url.dropFirst("https://".count).prefix { $0 != "/" }
    }
}
