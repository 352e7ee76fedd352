import GatewayKit
import HTTP

extension HTTPMethod {
    /// The methods a profile can use.
    fileprivate enum Choice: String, CaseIterable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
    }
}

extension RequestRule {
    /// - Parameter addresses: the names of the settings of the kind `url`.
    init?(reading reader: ConfigReader, names: Set<String>, addresses: Set<String>) {
        defer { reader.finish() }
        let method = reader.choice("method", of: HTTPMethod.Choice.self)
        if method == nil, !reader.has("method") { reader.report("method", "required, but missing") }
        let headers = reader.map("headers").map { FieldRule.all(reading: $0, names: names) } ?? []
        let query = reader.map("query").map { FieldRule.all(reading: $0, names: names) } ?? []
        let body = Self.body(reader, names)
        let proof = reader.map("auth").map { RequestProof(reading: $0, names: names, addresses: addresses) }
        for key in ["form", "json"] where reader.has(key) && method == .get {
            reader.report(key, "a GET request has no body")
        }
        guard let template = reader.requiredTemplate("url", names: names), let method,
            let url = reader.expression(
                "url", { () throws(ProfileError) in try AddressTemplate(template, addresses: addresses) }),
            let known = HTTPMethod(rawValue: method.rawValue)
        else { return nil }
        self.init(
            method: known, url: url, basic: proof?.basic, signature: proof?.signature, token: proof?.token,
            headers: headers, query: query, body: body)
    }

    private static func body(_ reader: ConfigReader, _ names: Set<String>) -> Body {
        let form = reader.map("form").map { FieldRule.all(reading: $0, names: names) }
        guard reader.has("json") else { return form.map(Body.form) ?? .none }
        if form != nil { reader.report("json", "a request has either 'form' or 'json'") }
        return reader.jsonRule("json", names: names).map(Body.json) ?? .none
    }
}

/// The proof of the sender in a request: the key `auth`.
private struct RequestProof {
    var basic: (user: Template, password: Template)?
    var signature: RequestSignature?
    var token: TokenRule?

    private enum Kind: String, CaseIterable { case basic, sigv4, azure, oauth2 }

    /// Reads a map with one of the keys of `Kind`, and finishes the reader.
    init(reading reader: ConfigReader, names: Set<String>, addresses: Set<String>) {
        defer { reader.finish() }
        let kinds = Kind.allCases.filter { reader.has($0.rawValue) }
        if kinds.count != 1 { reader.report("auth", "one of basic, sigv4, azure, oauth2 is expected here") }
        for kind in kinds {
            switch kind {
            case .basic: basic = Self.basic(reading: reader, names: names)
            case .sigv4: signature = reader.map("sigv4").flatMap { Self.sigV4(reading: $0, names) }
            case .azure: signature = Self.secret("azure", reader, names).map { .azure(key: $0) }
            case .oauth2:
                token = reader.map("oauth2").flatMap { TokenRule(reading: $0, names: names, addresses: addresses) }
            }
        }
    }

    private static func sigV4(reading reader: ConfigReader, _ names: Set<String>) -> RequestSignature? {
        defer { reader.finish() }
        let access = reader.requiredTemplate("access_key", names: names)
        let secret = secret("secret_key", reader, names)
        let token = reader.template("session_token", names: names) ?? Template(literal: "")
        let region = reader.requiredTemplate("region", names: names)
        let service = reader.requiredTemplate("service", names: names)
        guard let access, let secret, let region, let service else { return nil }
        return .sigV4(
            SigV4(accessKey: access, secretKey: secret, sessionToken: token, region: region, service: service))
    }

    /// A key, which must come from a setting.
    static func secret(_ key: String, _ reader: ConfigReader, _ names: Set<String>) -> Template? {
        guard let template = reader.requiredTemplate(key, names: names) else { return nil }
        if template.names.isEmpty {
            reader.report(key, "a key comes from a setting; one written in the profile is known to everybody")
        }
        return template
    }

    private static func basic(
        reading reader: ConfigReader, names: Set<String>
    ) -> (user: Template, password: Template)? {
        let templates = reader.templates("basic", names: names)
        guard templates.count == 2 else {
            reader.report("basic", "two values are expected here: [user, password]")
            return nil
        }
        return (templates[0], templates[1])
    }
}

extension TokenRule {
    /// Reads `{url, client_id, client_secret, scope}`, and finishes the reader.
    fileprivate init?(reading reader: ConfigReader, names: Set<String>, addresses: Set<String>) {
        defer { reader.finish() }
        let template = reader.requiredTemplate("url", names: names)
        let client = reader.requiredTemplate("client_id", names: names)
        let secret = RequestProof.secret("client_secret", reader, names)
        let scope = reader.template("scope", names: names)
        guard let template, let client, let secret,
            let url = reader.expression(
                "url", { () throws(ProfileError) in try AddressTemplate(template, addresses: addresses) })
        else { return nil }
        self.init(url: url, client: client, secret: secret, scope: scope)
    }
}
