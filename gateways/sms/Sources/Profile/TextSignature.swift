import Basics
import Crypto
import GatewayKit

/// A signature over a text that is made of parts of the call: an HMAC, or Ed25519 (RFC 8032).
struct TextSignature: Sendable {
    enum Algorithm: Sendable {
        case hmac(SignatureDigest)
        case ed25519
    }

    let algorithm: Algorithm
    /// Selects the signature in the call.
    let value: Selector
    /// A text before the signature, such as `sha256=`. It must be there.
    let prefix: String
    let encoding: BinaryText
    /// The keys. The call may be signed with any of them, so that keys can be changed.
    let keys: [Template]
    let keyEncoding: BinaryText
    let signed: SignedText
    let time: SignedTime?

    func proof(for call: WebhookCall, keys: [String]) -> Proof? {
        guard let text = value.value(in: call.received)?.trimmed, text.hasPrefix(prefix),
            let given = encoding.bytes(of: String(text.dropFirst(prefix.count))), !given.isEmpty
        else { return nil }
        if let time, !time.isNear(call) { return nil }
        let keys = keys.compactMap(keyEncoding.bytes)
        for bytes in signed.candidates(call) where keys.contains(where: { holds(given, bytes, $0) }) {
            return Proof(use: time.map { $0.use(of: bytes, call) })
        }
        return nil
    }

    private func holds(_ given: [UInt8], _ bytes: [UInt8], _ key: [UInt8]) -> Bool {
        switch algorithm {
        case .hmac(let digest): Verification.equal(digest.authenticationCode(of: bytes, key: key), given)
        case .ed25519:
            (try? Curve25519.Signing.PublicKey(rawRepresentation: key))?.isValidSignature(given, for: bytes) ?? false
        }
    }
}

/// The time at which a call was signed, which the signature covers.
struct SignedTime: Sendable {
    /// Selects the seconds since 1970.
    let value: Selector
    /// The greatest difference to our clock in seconds, in both directions.
    let window: Int

    static let usualWindow = 300
    /// Some providers repeat a call for a day with the time of the first try.
    static let windows = 10...172_800

    func isNear(_ call: WebhookCall) -> Bool {
        guard let seconds = value.value(in: call.received).flatMap(Double.init) else { return false }
        return abs(call.now - seconds) <= Double(window)
    }

    func use(of bytes: [UInt8], _ call: WebhookCall) -> Proof.Use {
        let end = (value.value(in: call.received).flatMap(Double.init) ?? call.now) + Double(window)
        return Proof.Use(digest: Array(SHA256.hash(data: bytes)), end: end)
    }
}
