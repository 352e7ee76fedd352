import Basics
import Crypto
import GatewayKit

/// Plivo's signature V3: base64 of an HMAC-SHA256 over the address with its sorted query, the sorted form, and a nonce.
/// A header may hold several signatures, separated by commas.
struct NonceSignature: Sendable {
    let header: String
    let nonceHeader: String
    let keys: [Template]

    /// How long a nonce is remembered, in seconds. The signature itself contains no time.
    static let memory = 3600.0

    func proof(for call: WebhookCall, keys: [String]) -> Proof? {
        guard let header = call.received.header(header), let nonce = call.received.header(nonceHeader), !nonce.isEmpty
        else { return nil }
        let given = header.split(separator: ",").prefix(10).compactMap { BinaryText.base64.bytes(of: $0.trimmed) }
        for url in call.urls {
            let bytes = signed(call, url: url) + Array(("." + nonce).utf8)
            let isSigned = keys.contains { key in
                let code = SignatureDigest.sha256.authenticationCode(of: bytes, key: Array(key.utf8))
                return given.contains { Verification.equal($0, code) }
            }
            if isSigned {
                return Proof(use: Proof.Use(digest: Array(SHA256.hash(data: bytes)), end: call.now + Self.memory))
            }
        }
        return nil
    }

    private func signed(_ call: WebhookCall, url: String) -> [UInt8] {
        let query = SortedFormSignature.ordered(call.received.query.all)
        let form = SortedFormSignature.ordered(call.received.form.all)
        var bytes = Array(url.prefix { $0 != "?" }.utf8)
        // Plivo writes '?' before the fields of a form even if the address has no query.
        if !query.isEmpty || !form.isEmpty { bytes.append(UInt8(ascii: "?")) }
        bytes += query.map { $0.name + [UInt8(ascii: "=")] + $0.value }.joined(separator: [UInt8(ascii: "&")])
        if !query.isEmpty, !form.isEmpty { bytes.append(UInt8(ascii: ".")) }
        return bytes + form.flatMap { $0.name + $0.value }
    }
}
