import Basics
import Crypto
import NIOCore
import NIOSSL

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Creates the TLS handler of one connection, and explains the errors of its handshake.
struct TLSHandshake: Sendable {
    let endpoint: Endpoint
    let settings: TLSSettings
    let context: NIOSSLContext
    /// The pins as `KeyPin.hex`; empty unless keys are pinned.
    private let pins: Set<String>

    /// - Throws: `DialError.badSettings` for a pin that is not a SHA-256.
    init(endpoint: Endpoint, settings: TLSSettings, context: NIOSSLContext) throws(DialError) {
        self.endpoint = endpoint
        self.settings = settings
        self.context = context
        guard case .pinned(let texts) = settings.verify else {
            pins = []
            return
        }
        let keys = texts.compactMap { KeyPin($0) }
        pins = Set(keys.map(\.hex))
        guard !pins.isEmpty, keys.count == texts.count else {
            throw DialError.badSettings(
                reason: "a pin is not the SHA-256 of a public key (64 hexadecimal digits, or Base64)")
        }
    }

    /// The name that the certificate must be for.
    var name: String { settings.serverName ?? endpoint.host }

    /// The handler for a new channel. An IP literal is not sent as SNI (RFC 6066 §3); the certificate is then checked
    /// for the address that is connected.
    func makeHandler() throws(DialError) -> NIOSSLClientHandler {
        let isAddress = (try? SocketAddress(ipAddress: name, port: 0)) != nil
        let sni = isAddress ? nil : name
        do {
            guard !pins.isEmpty else { return try NIOSSLClientHandler(context: context, serverHostname: sni) }
            return try NIOSSLClientHandler(context: context, serverHostname: sni) { [pins] chain, promise in
                let matches = chain.first.flatMap(TLSHandshake.keyHash).map(pins.contains) ?? false
                promise.succeed(matches ? .certificateVerified : .failed)
            }
        } catch {
            throw .badSettings(reason: "\"\(name)\" cannot be the name of a TLS server")
        }
    }

    /// The error of a finished handshake if the certificate must be for `name` and is not (`CertificateNames`); nil
    /// otherwise.
    func wrongName(on channel: any Channel) -> (any Error)? {
        guard settings.verify == .full else { return nil }
        guard let certificate = try? channel.pipeline.syncOperations.nioSSL_peerCertificate(),
            CertificateNames.include(name, of: certificate)
        else { return NIOSSLExtraError.failedToValidateHostname }
        return nil
    }

    /// SHA-256 of the certificate's SubjectPublicKeyInfo in lower-case hex (RFC 7469 §2.4).
    static func keyHash(_ certificate: NIOSSLCertificate) -> String? {
        guard let key = try? certificate.extractPublicKey().toSPKIBytes() else { return nil }
        return Hex.encode(SHA256.hash(data: key))
    }

    /// Turns the end of a handshake on a channel into a `DialError`.
    func explain(_ failure: DialGate.Failure, on channel: (any Channel)?) -> DialError {
        guard let cause = failure.cause else { return .tlsFailed(endpoint, .closed) }
        let certificate = try? channel?.pipeline.syncOperations.nioSSL_peerCertificate()
        return explain(cause, certificate: certificate, now: time(nil))
    }

    /// Turns an error of the handshake into a `DialError`.
    ///
    /// - Parameters:
    ///   - certificate: the server's certificate; nil if the handshake failed before the server showed it.
    ///   - now: the present time, in seconds since 1970.
    func explain(_ error: any Error, certificate: NIOSSLCertificate?, now: Int) -> DialError {
        switch error {
        case let error as DialError:
            return error
        case NIOSSLError.handshakeFailed(let cause):
            let names = TLSHandshake.names(of: cause)
            guard names.contains("CERTIFICATE_VERIFY_FAILED"), let certificate else {
                return .tlsFailed(endpoint, TLSHandshake.problem(of: cause))
            }
            return .certificateNotTrusted(endpoint, problem(certificate, now: now))
        case let error as NIOSSLExtraError where TLSHandshake.nameErrors.contains(error):
            let certified = certificate.map(TLSHandshake.names) ?? []
            let kind = CertificateProblem.Kind.wrongName(expected: name, certified: certified)
            return .certificateNotTrusted(
                endpoint, CertificateProblem(subject: certificate.map(TLSHandshake.subject) ?? "", kind: kind))
        case NIOSSLError.unableToValidateCertificate, NIOSSLError.noCertificateToValidate:
            let kind = CertificateProblem.Kind.unverified("the server sent none that can be read")
            return .certificateNotTrusted(endpoint, CertificateProblem(subject: "", kind: kind))
        case NIOSSLError.uncleanShutdown, is IOError:
            return .tlsFailed(endpoint, .closed)
        default:
            return .tlsFailed(endpoint, .other(ErrorWords.words(of: error)))
        }
    }

    private static let nameErrors: [NIOSSLExtraError] = [.failedToValidateHostname, .serverHostnameImpossibleToMatch]

    /// Finds the reason in the certificate, because the library reports only that verification failed.
    private func problem(_ certificate: NIOSSLCertificate, now: Int) -> CertificateProblem {
        let kind: CertificateProblem.Kind
        if !pins.isEmpty {
            kind = .otherKey(sha256: TLSHandshake.keyHash(certificate) ?? "unreadable")
        } else if certificate.notValidAfter < now {
            kind = .expired(since: TLSHandshake.day(certificate.notValidAfter))
        } else if certificate.notValidBefore > now {
            kind = .notYetValid(from: TLSHandshake.day(certificate.notValidBefore))
        } else if certificate.subjectName == certificate.issuerName {
            kind = .selfSigned
        } else {
            kind = .unknownIssuer(TLSHandshake.bounded(certificate.issuerName.first { $0.type == .commonName }?.value))
        }
        return CertificateProblem(subject: TLSHandshake.subject(certificate), kind: kind)
    }
}

extension TLSProblem {
    /// The reason for which the peer has ended a connection after the handshake: the alert that it has sent. A server
    /// that demands a client certificate says so only then (RFC 8446 §4.4.2.4, TLS 1.3). Nil if the error is no alert.
    package init?(alertIn error: any Error) {
        let cause: BoringSSLError
        switch error {
        case let error as BoringSSLError: cause = error
        case NIOSSLError.handshakeFailed(let error), NIOSSLError.shutdownFailed(let error): cause = error
        default: return nil
        }
        switch TLSProblem(names: TLSHandshake.names(of: cause)) {
        case .other, .closed: return nil
        case let problem: self = problem
        }
    }
}

extension TLSHandshake {
    /// The reason why a handshake failed, except for problems of the server's certificate.
    static func problem(of error: BoringSSLError) -> TLSProblem {
        switch error {
        case .zeroReturn, .syscallError: .closed
        default: TLSProblem(names: names(of: error))
        }
    }

    /// The names of the errors in BoringSSL's stack, such as `WRONG_VERSION_NUMBER`.
    fileprivate static func names(of error: BoringSSLError) -> [String] {
        switch error {
        case .sslError(let stack), .unknownError(let stack):
            // "Error: 268435703 error:100000f7:SSL routines:OPENSSL_internal:WRONG_VERSION_NUMBER at …"
            return stack.map { entry in
                if entry == .eofDuringHandshake { return "EOF during handshake" }
                let text = entry.description
                guard let mark = text.firstRange(of: "OPENSSL_internal:") else { return text }
                return String(text[mark.upperBound...].prefix { $0 != " " })
            }
        default:
            return [ErrorWords.words(of: error)]
        }
    }

    private static func subject(_ certificate: NIOSSLCertificate) -> String {
        bounded(certificate.subjectName.first { $0.type == .commonName }?.value ?? names(certificate).first)
    }

    /// The DNS names and IP addresses that a certificate is for, at most ten.
    private static func names(_ certificate: NIOSSLCertificate) -> [String] {
        var names: [String] = []
        for name in certificate._subjectAlternativeNames() where names.count < 10 {
            switch name.nameType {
            case .dnsName:
                names.append(bounded(name.contents.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }))
            case .ipAddress:
                let address = name.contents.withUnsafeBufferPointer { IPAddress(bytes: $0) }
                if let address { names.append(address.description) }
            default: break
            }
        }
        return names
    }

    /// Shortens a text from a certificate, and replaces control characters by spaces, because the text is logged.
    private static func bounded(_ text: String?) -> String {
        String(
            (text ?? "").unicodeScalars.prefix(100).map {
                $0.properties.isWhitespace || $0.value < 0x21 ? " " : Character($0)
            })
    }

    private static func day(_ seconds: Int) -> String { CivilTime(secondsSince1970: seconds).date.description }
}
