import Basics
import Crypto
import GatewayKit

/// A JSON Web Token (RFC 7519) that is signed with a secret of ours (RFC 7515, HS256 and longer), and that names the
/// call to which it belongs.
struct TokenProof: Sendable {
    enum Algorithm: String, Sendable, CaseIterable {
        case hs256 = "HS256"
        case hs384 = "HS384"
        case hs512 = "HS512"

        var digest: SignatureDigest {
            switch self {
            case .hs256: .sha256
            case .hs384: .sha384
            case .hs512: .sha512
            }
        }
    }

    /// What ties the token to the call.
    enum Binding: String, Sendable, CaseIterable {
        /// A claim holds the hash of the body.
        case body
        /// The claims are the event. The body is not read.
        case claims
        /// Nothing but the address: whoever has a token can use it once, with any body.
        case none
    }

    let value: Selector
    let keys: [Template]
    let algorithms: [Algorithm]
    let binding: Binding
    /// The claims with the SHA-256 of the body and of the address, in hex.
    let bodyHash: String?
    let urlHash: String?
    let issuer: String?
    /// Whether the claim `aud` is the address that was called.
    let audienceIsURL: Bool
    /// The greatest age in seconds of a token, counted from `iat` or `nbf`. Nil for tokens without a time.
    let window: Int?

    static let longest = 16_384
    /// The difference of clocks, in seconds, that is permitted.
    static let leeway = 60.0

    func proof(for call: WebhookCall, keys: [String]) -> Proof? {
        guard var token = value.value(in: call.received)?.trimmed, token.utf8.count <= Self.longest else { return nil }
        if token.prefix(7).lowercased() == "bearer " { token = token.dropFirst(7).trimmed }
        let parts = token.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, let digest = digest(parts[0]), let given = BinaryText.base64url.bytes(of: parts[2])
        else { return nil }
        let signed = Array((parts[0] + "." + parts[1]).utf8)
        let isSigned = keys.contains {
            Verification.equal(digest.authenticationCode(of: signed, key: Array($0.utf8)), given)
        }
        guard isSigned, let claims = Self.object(parts[1]), let end = end(claims, call), belongs(claims, to: call)
        else { return nil }
        return Proof(
            claims: claims,
            use: end.isFinite ? Proof.Use(digest: Array(SHA256.hash(data: signed)), end: end) : nil)
    }

    /// The digest that the header names, if it is one of those that the profile permits. `none` never is.
    private func digest(_ header: String) -> SignatureDigest? {
        guard let header = Self.object(header), header.value(at: ["crit"]) == nil,
            let name = header.value(at: ["alg"])?.scalar, let algorithm = Algorithm(rawValue: name)
        else { return nil }
        return algorithms.contains(algorithm) ? algorithm.digest : nil
    }

    private static func object(_ text: String) -> JSONValue? {
        guard let bytes = BinaryText.base64url.bytes(of: text), let value = try? JSONReader.read(bytes),
            case .object = value
        else { return nil }
        return value
    }

    /// The time at which the token ends; infinity for a token without a time. Nil if it is not valid now.
    private func end(_ claims: JSONValue, _ call: WebhookCall) -> Double? {
        let time = { (name: String) in claims.value(at: [name])?.scalar.flatMap { Double($0) } }
        let (begins, expires) = (time("nbf"), time("exp"))
        if let begins, begins > call.now + Self.leeway { return nil }
        if let expires, expires < call.now - Self.leeway { return nil }
        guard let window else { return expires ?? .infinity }
        guard let issued = time("iat") ?? begins else { return expires }
        guard abs(call.now - issued) <= Double(window) else { return nil }
        return min(issued + Double(window), expires ?? .infinity)
    }

    private func belongs(_ claims: JSONValue, to call: WebhookCall) -> Bool {
        let claim = { (name: String) in claims.value(at: [name])?.scalar }
        if let issuer, claim("iss") != issuer { return false }
        if audienceIsURL, !call.urls.contains(where: { Self.audiences(claims).contains($0) }) { return false }
        if let urlHash {
            let hashes = call.urls.map { Hex.encode(SHA256.hash(data: Array($0.utf8))) }
            guard let given = claim(urlHash)?.lowercased(), hashes.contains(given) else { return false }
        }
        guard let bodyHash else { return true }
        let body = call.received.body
        guard let given = claim(bodyHash)?.lowercased() else { return body.isEmpty }
        return given == Hex.encode(SHA256.hash(data: body))
    }

    private static func audiences(_ claims: JSONValue) -> [String] {
        guard case .array(let items)? = claims.value(at: ["aud"]) else {
            return claims.value(at: ["aud"])?.scalar.map { [$0] } ?? []
        }
        return items.compactMap(\.scalar)
    }
}
