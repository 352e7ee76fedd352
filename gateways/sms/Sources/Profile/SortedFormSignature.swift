import Basics
import Crypto
import Foundation
import GatewayKit

/// Twilio's signature: base64 of an HMAC over the address and the sorted form fields. The signature contains no time,
/// so repeated calls are recognised by the message's id.
struct SortedFormSignature: Sendable {
    enum Digest: String, Sendable, CaseIterable { case sha1, sha256 }

    let header: String
    /// The keys. The call may be signed with any of them, so that keys can be changed.
    let keys: [Template]
    /// Selects the digest that the call says it used; SHA-1 if the call does not say.
    let digest: Selector?
    /// Whether the address is accepted with and without its default port.
    let portVariants: Bool
    /// The query field with the hex SHA-256 of a body that is not a form; then the fields are not signed.
    let bodyHashQuery: String?

    func holds(for call: WebhookCall, keys: [String]) -> Bool {
        guard let given = call.received.header(header), !given.isEmpty else { return false }
        var digest = Digest.sha1
        if let selector = self.digest, let word = selector.value(in: call.received) {
            guard let known = Digest(rawValue: word) else { return false }
            digest = known
        }
        var fields = call.received.form.all
        if let bodyHashQuery, let hash = call.received.query[bodyHashQuery] {
            guard Verification.equal(hash.lowercased(), Hex.encode(SHA256.hash(data: call.received.body))) else {
                return false
            }
            fields = []
        }
        let suffix = Self.ordered(fields).flatMap { $0.name + $0.value }
        let urls = portVariants ? call.urls : [call.url]
        return keys.contains { key in
            urls.contains { url in
                Verification.equal(Self.signature(Array(url.utf8) + suffix, key: key, digest), given)
            }
        }
    }

    static func signature(_ bytes: [UInt8], key: String, _ digest: Digest) -> String {
        let key = SymmetricKey(data: Array(key.utf8))
        return switch digest {
        case .sha1: Data(HMAC<Insecure.SHA1>.authenticationCode(for: bytes, using: key)).base64EncodedString()
        case .sha256: Data(HMAC<SHA256>.authenticationCode(for: bytes, using: key)).base64EncodedString()
        }
    }

    /// The fields in the order of the bytes of their names. Of several equal fields of one name, one counts.
    static func ordered(_ fields: [FormFields.Field]) -> [(name: [UInt8], value: [UInt8])] {
        let pairs = Set(fields.map { [Array($0.name.utf8), $0.bytes] })
        let ordered = pairs.sorted { a, b in
            a[0] == b[0] ? a[1].lexicographicallyPrecedes(b[1]) : a[0].lexicographicallyPrecedes(b[0])
        }
        return ordered.map { ($0[0], $0[1]) }
    }
}
