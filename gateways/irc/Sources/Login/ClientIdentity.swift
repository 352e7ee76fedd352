import Basics
import Crypto
import Foundation
import GatewayKit
import Networking

/// The key of a user and its certificate, with which the user can log in: by the certificate of the TLS connection
/// (SASL EXTERNAL), or by a signature.
struct ClientIdentity: Sendable {
    /// The certificate and the key, for TLS.
    let tls: TLSIdentity
    /// The key, if it is one of P-256.
    let signingKey: P256.Signing.PrivateKey?

    /// Makes a new key with a certificate that it signs itself (RFC 5280 §4.1). It never expires (§4.1.2.5), because
    /// networks know it by its fingerprint alone.
    static func make(_ key: P256.Signing.PrivateKey = P256.Signing.PrivateKey()) throws -> ClientIdentity {
        let algorithm = DERText.sequence(DERText.object(ecdsaWithSHA256))
        let name = DERText.sequence(
            DERText.set(DERText.sequence(DERText.object(commonName), DERText.text("Martlet user"))))
        let publicKey = Array(key.publicKey.derRepresentation)
        let number = [1] + SHA256.hash(data: publicKey).prefix(8)
        let body = DERText.sequence(
            DERText.explicit(0, DERText.integer([2])), DERText.integer(number), algorithm, name,
            DERText.sequence(DERText.shortTime("200101000000Z"), DERText.longTime("99991231235959Z")), name, publicKey)
        let signature = try key.signature(for: body).derRepresentation
        let certificate = DERText.sequence(body, algorithm, DERText.bits(Array(signature)))
        return try ClientIdentity(certificate: certificate, key: Array(key.derRepresentation))
    }

    /// Throws if one of the two cannot be read, or if they do not belong together.
    private init(certificate: [UInt8], key: [UInt8]) throws {
        tls = try TLSIdentity(certificate: certificate, key: key)
        signingKey = try? P256.Signing.PrivateKey(derRepresentation: key)
    }

    /// Reads the form in which settings keep it (`text`), or a certificate and a key in PEM, whose line breaks may be
    /// missing or be spaces. Nil if the text is neither.
    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { Data(base64Encoded: String($0)) }
        if parts.count == 2, let certificate = parts[0], let key = parts[1] {
            try? self.init(certificate: Array(certificate), key: Array(key))
        } else if let certificate = Self.pem("CERTIFICATE", in: text),
            let key = ["PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY"].lazy.compactMap({ Self.pem($0, in: text) })
                .first
        {
            try? self.init(certificate: certificate, key: key)
        } else {
            return nil
        }
    }

    /// The certificate and the key as the settings keep them: two Base64 texts, joined by a dot.
    var text: String {
        "\(Data(tls.certificate).base64EncodedString()).\(Data(tls.key).base64EncodedString())"
    }

    /// The public key as users give it to NickServ (`SET PUBKEY`): compressed, in Base64. Nil if it is not of P-256.
    var publicKey: String? { signingKey?.publicKey.compressedRepresentation.base64EncodedString() }

    /// The SHA-256 of the certificate in hexadecimal, by which networks know it.
    var fingerprint: String { Hex.encode(SHA256.hash(data: tls.certificate)) }

    /// Replaces the two certificate fields of a filled-in login form: makes a new certificate, reads one of the user's
    /// own, or keeps the saved one. Afterwards `certificate` has the fingerprint and `certificate_key` the identity, or
    /// both fields are absent.
    ///
    /// - Throws: if the form wants a certificate that does not exist or cannot be read.
    static func updateFields(_ values: inout [String: String]) throws(Failure) {
        let (shown, kept) = (LoginField.certificate.rawValue, LoginField.certificateKey.rawValue)
        guard let identity = try wanted(values[shown], values[kept]) else {
            values[shown] = nil
            values[kept] = nil
            return
        }
        values[shown] = identity.fingerprint
        values[kept] = identity.text
    }

    private static func wanted(_ wish: String?, _ key: String?) throws(Failure) -> ClientIdentity? {
        if let key, key.contains("-----BEGIN") {
            if let identity = ClientIdentity(key) { return identity }
            throw Failure(
                .notAcceptable,
                "The certificate and its key cannot be read, or do not belong together. Give both in PEM.")
        }
        switch wish {
        // A saved certificate without its fingerprint: the user has emptied the field to remove the certificate.
        case nil: if key.map({ ClientIdentity($0) != nil }) ?? true { return nil }
        case "new": if let identity = try? ClientIdentity.make() { return identity }
        case let wish?: if let key, let saved = ClientIdentity(key), saved.fingerprint == wish { return saved }
        }
        throw Failure(
            .notAcceptable, "Write the word new to get a certificate, keep the fingerprint, or empty the field.")
    }

    private static func pem(_ label: String, in text: String) -> [UInt8]? {
        guard let start = text.range(of: "-----BEGIN \(label)-----"),
            let end = text.range(of: "-----END \(label)-----", range: start.upperBound..<text.endIndex)
        else { return nil }
        let body = text[start.upperBound..<end.lowerBound].filter { !$0.isWhitespace }
        return Data(base64Encoded: String(body)).map { Array($0) }
    }

    /// ecdsa-with-SHA256 (RFC 5758 §3.2).
    private static let ecdsaWithSHA256: [UInt8] = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02]
    /// id-at-commonName (RFC 5280 appendix A).
    private static let commonName: [UInt8] = [0x55, 0x04, 0x03]
}
