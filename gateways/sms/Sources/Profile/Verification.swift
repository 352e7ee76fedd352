import Basics
import Crypto
import Foundation
import GatewayKit
import HTTP

/// One proof that a webhook call comes from the provider. A hook may ask for several; all must hold.
enum Verification: Sendable {
    /// A value of the call equals one of our keys.
    case sharedSecret(Selector, keys: [Template])
    /// The caller's address is in one of these ranges (`192.0.2.0/24`, separated by commas or spaces). This proof is
    /// an addition only: behind a proxy that `http.trusted-proxies` does not name, every caller has the proxy's
    /// address. It holds if no range is given.
    case addresses([Template])
    case sortedForm(SortedFormSignature)

    func holds(for call: WebhookCall, _ values: TemplateValues) -> Bool {
        switch self {
        case .sharedSecret(let selector, let keys):
            guard let given = selector.value(in: call.received), !given.isEmpty else { return false }
            return Self.filled(keys, values).contains { Self.equal($0, given) }
        case .addresses(let templates):
            let ranges = Self.filled(templates, values).flatMap { text in
                text.split { ", ".contains($0) }.map { AddressRange(String($0)) }
            }
            guard !ranges.isEmpty else { return true }
            return ranges.contains { $0?.contains(call.remoteAddress) ?? false }
        case .sortedForm(let signature):
            return signature.holds(for: call, keys: Self.filled(signature.keys, values))
        }
    }

    /// The keys that have a value. The key of an optional setting that is not set does not count.
    private static func filled(_ templates: [Template], _ values: TemplateValues) -> [String] {
        templates.map { $0.text(values) }.filter { !$0.isEmpty }
    }

    /// Compares two texts by their digests, so that the time does not show how many characters of a guess are correct.
    static func equal(_ a: String, _ b: String) -> Bool {
        SHA256.hash(data: Array(a.utf8)) == SHA256.hash(data: Array(b.utf8))
    }
}

/// A webhook call with everything that its verification needs.
struct WebhookCall: Sendable {
    /// The public address that was called, with its query exactly as sent.
    let url: String
    let received: Received
    let remoteAddress: String
}

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
        let urls = portVariants ? Self.portVariants(of: call.url) : [call.url]
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

    /// The address unchanged, and with its default port added or removed.
    static func portVariants(of url: String) -> [String] {
        for (scheme, port) in [("https://", ":443"), ("http://", ":80")] where url.hasPrefix(scheme) {
            let rest = url.dropFirst(scheme.count)
            let authority = rest.prefix { !"/?#".contains($0) }
            let tail = rest.dropFirst(authority.count)
            if authority.hasSuffix(port) { return [url, scheme + authority.dropLast(port.count) + tail] }
            let hasPort =
                authority.drop { $0 != "]" }.contains(":") || (!authority.contains("]") && authority.contains(":"))
            return hasPort ? [url] : [url, scheme + authority + port + tail]
        }
        return [url]
    }
}
