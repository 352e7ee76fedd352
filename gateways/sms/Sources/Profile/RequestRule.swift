import Foundation
import GatewayKit
import HTTP

/// The rules by which a message becomes an HTTP request.
struct RequestRule: Sendable {
    enum Body: Sendable {
        case none
        case form([FieldRule])
        case json(JSONRule)
    }

    let method: HTTPMethod
    let url: AddressTemplate
    let basic: (user: Template, password: Template)?
    /// The signature of the request; nil for none.
    var signature: RequestSignature?
    /// The rules for getting the request's bearer token; nil if it needs none. The value `tokenName` has the token.
    var token: TokenRule?
    let headers: [FieldRule]
    let query: [FieldRule]
    let body: Body

    /// The name of the value that has the bearer token. Templates of a profile cannot use it.
    static let tokenName = "oauth2.token"

    /// Makes the request. Throws `notAcceptable` if a value cannot stand in a header.
    ///
    /// - Parameter now: the time in seconds since 1970, which some signatures contain.
    func request(_ values: TemplateValues, now: Double) throws(Failure) -> HTTPRequest {
        var headers: [(String, String)] = []
        for field in self.headers {
            guard let value = field.text(values) else { continue }
            guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
                throw Failure(
                    .notAcceptable, "The message cannot be sent as it is.",
                    detail: "the header \(field.name) would hold a control character")
            }
            headers.append((field.name, value))
        }
        if let basic {
            let pair = basic.user.text(values) + ":" + basic.password.text(values)
            headers.append(("Authorization", "Basic " + Data(pair.utf8).base64EncodedString()))
        }
        if token != nil { headers.append(("Authorization", "Bearer " + (values[Self.tokenName] ?? ""))) }
        var body: [UInt8]?
        switch self.body {
        case .none: break
        case .form(let form):
            headers.append(("Content-Type", "application/x-www-form-urlencoded"))
            body = Array(Self.encoded(form, values).utf8)
        case .json(let rule):
            // Some providers want a type of their own, which the profile then gives.
            if !headers.contains(where: { $0.0.lowercased() == "content-type" }) {
                headers.append(("Content-Type", "application/json"))
            }
            body = try rule.body(values)
        }
        let query = Self.encoded(query, values)
        let request = HTTPRequest(
            method, url: url.text(values) + (query.isEmpty ? "" : "?" + query), headers: headers, body: body)
        return signature?.sign(request, values, now: now) ?? request
    }

    /// The names that the templates use.
    var names: Set<String> {
        let body: [String] =
            switch body {
            case .none: []
            case .form(let fields): fields.flatMap { FieldRule.names($0.value) }
            case .json(let rule): rule.names
            }
        let proof = signature?.names ?? []
        return Set(body + url.names + proof + (headers + query).flatMap { FieldRule.names($0.value) })
    }

    private static func encoded(_ fields: [FieldRule], _ values: TemplateValues) -> String {
        FormFields.encode(fields.compactMap { field in field.text(values).map { (field.name, $0) } })
    }
}

/// The template of a request's address. Values are path segments, and are percent-encoded; only a setting of the kind
/// `url` at the very start is not.
struct AddressTemplate: Equatable, Sendable {
    private let start: Template
    private let rest: Template

    init(_ template: Template, addresses: Set<String>) throws(ProfileError) {
        let first = Template(pieces: Array(template.pieces.prefix(1)))
        switch template.pieces.first {
        case .literal(let text) where text.hasPrefix("https://") || text.hasPrefix("http://"): break
        case .placeholder(let name, _) where addresses.contains(name): break
        default: throw ProfileError("an address starts with http:// or https:// or a setting of the kind url")
        }
        let others = Template(pieces: Array(template.pieces.dropFirst()))
        if let misplaced = others.names.first(where: addresses.contains) {
            throw ProfileError("'\(misplaced)' is an address itself and can only stand at the start")
        }
        for case .literal(let text) in template.pieces where text.contains("?") || text.contains("#") {
            throw ProfileError("write the query of the address under 'query'")
        }
        start = first
        rest = others
    }

    var names: [String] { start.names + rest.names }

    func text(_ values: TemplateValues) -> String {
        start.text(values) + rest.text(values, escape: PercentEncoding.encode)
    }
}

extension Template {
    fileprivate init(pieces: [Piece]) { self.pieces = pieces }
}
