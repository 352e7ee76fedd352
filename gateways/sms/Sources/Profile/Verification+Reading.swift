import Basics
import GatewayKit

extension Verification {
    private enum Scheme: String, CaseIterable {
        case sharedSecret = "shared_secret"
        case basic
        case addresses = "ip_allow"
        case sortedForm = "hmac_url_sorted_form"
        case hmac, ed25519
        case plivo = "plivo_v3"
        case fields = "fields_sig"
        case jwt, sns
        case any
    }

    /// Reads the `verify` list of a hook. A hook that anybody could call is reported as a fault.
    ///
    /// - Parameter hasBody: whether the hook reads a body, which a signature then must cover.
    static func all(reading reader: ConfigReader, names: Set<String>, hasBody: Bool) -> [Verification] {
        let entries = reader.readers("verify")
        let all = entries.compactMap { one(reading: $0, names, hasBody) }
        // A rule with a fault has been reported; the hook may well be safe when it is mended.
        if all.count == entries.count, !all.contains(where: \.provesCaller) {
            reader.report("verify", "a hook needs a shared_secret or a signature; ip_allow alone proves nothing")
        }
        return all
    }

    private static func one(reading reader: ConfigReader, _ names: Set<String>, _ hasBody: Bool) -> Verification? {
        defer { reader.finish() }
        guard let scheme = reader.choice("scheme", of: Scheme.self) else {
            if !reader.has("scheme") { reader.report("scheme", "required, but missing") }
            return nil
        }
        switch scheme {
        case .sharedSecret:
            let keys = keys(reader, names)
            return reader.requiredSelector("value").map { .sharedSecret($0, keys: keys) }
        case .basic: return basic(reader, names)
        case .addresses: return addresses(reader, names)
        case .sortedForm: return .sortedForm(SortedFormSignature(reading: reader, keys: keys(reader, names)))
        case .hmac, .ed25519:
            return TextSignature(
                reading: reader, keys: keys(reader, names), isPublic: scheme == .ed25519, hasBody: hasBody
            ).map(Verification.text)
        case .plivo:
            return .nonce(
                NonceSignature(
                    header: reader.requiredString("header") ?? "", nonceHeader: reader.requiredString("nonce") ?? "",
                    keys: keys(reader, names)))
        case .fields: return FieldsSignature(reading: reader, keys: keys(reader, names)).map(Verification.fields)
        case .jwt: return TokenProof(reading: reader, keys: keys(reader, names)).map(Verification.token)
        case .sns: return notification(reader, names)
        case .any: return .any(reader.readers("of").compactMap { one(reading: $0, names, hasBody) })
        }
    }

    private static func addresses(_ reader: ConfigReader, _ names: Set<String>) -> Verification {
        let ranges = reader.templates("cidrs", names: names)
        for text in reader.oneOrMore("cidrs") ?? [] where !text.contains("{{") && AddressRange(text) == nil {
            reader.report("cidrs", "'\(text)' is not an address range such as 192.0.2.0/24")
        }
        return .addresses(ranges)
    }

    private static func basic(_ reader: ConfigReader, _ names: Set<String>) -> Verification? {
        guard let user = reader.requiredTemplate("user", names: names),
            let password = reader.requiredTemplate("password", names: names)
        else { return nil }
        if password.names.isEmpty { reader.report("password", "a password comes from a setting") }
        return .basic(user: user, password: password)
    }

    private static func notification(_ reader: ConfigReader, _ names: Set<String>) -> Verification {
        let topics = reader.templates("topic", names: names)
        if topics.isEmpty || topics.contains(where: { $0.names.isEmpty }) {
            reader.report("topic", "required: the setting with the operator's topic; other topics can be anybody's")
        }
        return .notification(NotificationSignature(topics: topics))
    }

    private static func keys(_ reader: ConfigReader, _ names: Set<String>) -> [Template] {
        let keys = reader.templates("key", names: names)
        if !reader.has("key") { reader.report("key", "required, but missing") }
        if keys.contains(where: { $0.names.isEmpty }) {
            reader.report("key", "a key comes from a setting; one written in the profile is known to everybody")
        }
        return keys
    }
}

extension SortedFormSignature {
    fileprivate init(reading reader: ConfigReader, keys: [Template]) {
        self.init(
            header: reader.requiredString("header") ?? "", keys: keys,
            digest: reader.selector("digest", words: Digest.allCases.map(\.rawValue)),
            portVariants: reader.boolean("port_variants") ?? false,
            bodyHashQuery: reader.string("json_body_hash_query"))
    }
}

extension TextSignature {
    fileprivate init?(reading reader: ConfigReader, keys: [Template], isPublic: Bool, hasBody: Bool) {
        let digest = isPublic ? nil : reader.choice("digest", of: SignatureDigest.self) ?? .sha256
        let encoding = reader.choice("encoding", of: BinaryText.self) ?? (isPublic ? .base64 : .hex)
        let keyEncoding = reader.choice("key_encoding", of: BinaryText.self) ?? (isPublic ? .base64 : .text)
        let time = SignedTime(reading: reader)
        let prefix = reader.string("prefix") ?? ""
        let value = reader.requiredSelector("value")
        guard let text = reader.requiredString("signed"), let value,
            let signed = reader.expression("signed", { () throws(ProfileError) in try SignedText(text) })
        else { return nil }
        if hasBody, !signed.hasBody { reader.report("signed", "the signature must cover the {{body}}") }
        if !hasBody, !signed.hasURL { reader.report("signed", "the signature must cover the {{url}}: it has the data") }
        self.init(
            algorithm: digest.map(Algorithm.hmac) ?? .ed25519, value: value, prefix: prefix, encoding: encoding,
            keys: keys, keyEncoding: keyEncoding, signed: signed, time: time)
    }
}

extension SignedTime {
    /// Reads `time` and `window`; nil if there is no `time`.
    fileprivate init?(reading reader: ConfigReader) {
        let window = reader.integer("window", in: Self.windows)
        guard let value = reader.selector("time") else {
            if window != nil { reader.report("window", "a window needs 'time': a selector for the time of signing") }
            return nil
        }
        self.init(value: value, window: window ?? Self.usualWindow)
    }
}

extension FieldsSignature {
    fileprivate init?(reading reader: ConfigReader, keys: [Template]) {
        let field = reader.string("field") ?? "sig"
        let method = reader.requiredSelector("method")
        if !reader.has("time") { reader.report("time", "required, but missing") }
        guard let time = SignedTime(reading: reader), let method else { return nil }
        self.init(field: field, method: method, keys: keys, time: time)
    }
}

extension TokenProof {
    fileprivate init?(reading reader: ConfigReader, keys: [Template]) {
        let algorithms = (reader.oneOrMore("algorithms") ?? ["HS256"]).compactMap { name in
            if Algorithm(rawValue: name) == nil {
                reader.report("algorithms", "'\(name)' is not one of HS256, HS384, HS512")
            }
            return Algorithm(rawValue: name)
        }
        let bodyHash = reader.string("body_hash")
        let urlHash = reader.string("url_hash")
        let issuer = reader.string("issuer")
        let audienceIsURL = reader.boolean("audience_is_url") ?? false
        let isTimeless = reader.boolean("timeless") ?? false
        let window = reader.integer("window", in: SignedTime.windows)
        if isTimeless, window != nil { reader.report("window", "a token without a time has no window") }
        let binding = reader.choice("binds", of: Binding.self)
        if !reader.has("binds") {
            reader.report("binds", "required, but missing: what ties the token to the call; body, claims or none")
        }
        if binding == .body, bodyHash == nil { reader.report("body_hash", "required, but missing: the claim's name") }
        if binding != .body, bodyHash != nil { reader.report("body_hash", "is used with 'binds: body'") }
        guard let value = reader.requiredSelector("value"), let binding else { return nil }
        self.init(
            value: value, keys: keys, algorithms: algorithms, binding: binding, bodyHash: bodyHash, urlHash: urlHash,
            issuer: issuer, audienceIsURL: audienceIsURL, window: isTimeless ? nil : window ?? SignedTime.usualWindow)
    }
}
