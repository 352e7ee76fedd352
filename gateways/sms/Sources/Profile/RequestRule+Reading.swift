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
        let basic = reader.map("auth").flatMap { Self.basic(reading: $0, names: names) }
        for key in ["form", "json"] where reader.has(key) && method == .get {
            reader.report(key, "a GET request has no body")
        }
        guard let template = reader.requiredTemplate("url", names: names), let method,
            let url = reader.expression(
                "url", { () throws(ProfileError) in try AddressTemplate(template, addresses: addresses) }),
            let known = HTTPMethod(rawValue: method.rawValue)
        else { return nil }
        self.init(method: known, url: url, basic: basic, headers: headers, query: query, body: body)
    }

    private static func body(_ reader: ConfigReader, _ names: Set<String>) -> Body {
        let form = reader.map("form").map { FieldRule.all(reading: $0, names: names) }
        guard reader.has("json") else { return form.map(Body.form) ?? .none }
        if form != nil { reader.report("json", "a request has either 'form' or 'json'") }
        return reader.jsonRule("json", names: names).map(Body.json) ?? .none
    }

    private static func basic(
        reading reader: ConfigReader, names: Set<String>
    ) -> (user: Template, password: Template)? {
        defer { reader.finish() }
        let templates = reader.templates("basic", names: names)
        guard templates.count == 2 else {
            reader.report("basic", "two values are expected here: [user, password]")
            return nil
        }
        return (templates[0], templates[1])
    }
}
