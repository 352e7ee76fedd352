import Basics
import Crypto
import Foundation
import HTTP

/// The rules for signing a request of ours, for providers that take no password.
enum RequestSignature: Sendable {
    case sigV4(SigV4)
    case azure(key: Template)

    /// The request with its signature and the headers that belong to it.
    ///
    /// - Parameter now: the time in seconds since 1970.
    func sign(_ request: HTTPRequest, _ values: TemplateValues, now: Double) -> HTTPRequest {
        switch self {
        case .sigV4(let signature): signature.sign(request, values, now: now)
        case .azure(let key): AzureSignature.sign(request, key: key.text(values), now: now)
        }
    }

    /// The names that the templates use.
    var names: [String] {
        switch self {
        case .sigV4(let signature): signature.templates.flatMap(\.names)
        case .azure(let key): key.names
        }
    }
}

/// The parts of a request's address that signatures cover.
struct SignedAddress {
    let host: String
    /// The path, at least `/`.
    let path: String
    /// The query without `?`; empty if there is none.
    let query: String

    init(_ url: String) {
        let rest = url.split(separator: "://", maxSplits: 1).last.map(String.init) ?? url
        let authority = rest.prefix { !"/?#".contains($0) }
        let sides = rest.dropFirst(authority.count).split(
            separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        host = authority.lowercased()
        path = sides.first.map(String.init).flatMap { $0.isEmpty ? nil : $0 } ?? "/"
        query = sides.count > 1 ? String(sides[1]) : ""
    }
}

/// Signature version 4 of Amazon Web Services
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>).
struct SigV4: Sendable {
    let accessKey: Template
    let secretKey: Template
    /// The token of temporary credentials; empty for none.
    let sessionToken: Template
    let region: Template
    let service: Template

    /// All templates, for the names that they use.
    var templates: [Template] { [accessKey, secretKey, sessionToken, region, service] }

    /// The request with its signature, as in `RequestSignature.sign`.
    func sign(_ request: HTTPRequest, _ values: TemplateValues, now: Double) -> HTTPRequest {
        let address = SignedAddress(request.url)
        let civil = CivilTime(secondsSince1970: Int(now))
        let date = civil.date.description.filter { $0 != "-" }
        let time = date + "T" + civil.timeOfDay.filter { $0 != ":" } + "Z"
        var signed = request
        signed.headers.append(("X-Amz-Date", time))
        let token = sessionToken.text(values)
        if !token.isEmpty { signed.headers.append(("X-Amz-Security-Token", token)) }
        let headers = (signed.headers + [("host", address.host)])
            .map { ($0.0.lowercased(), Self.folded($0.1)) }.sorted { $0.0 < $1.0 }
        let names = headers.map(\.0).joined(separator: ";")
        let canonical = [
            request.method.rawValue, Self.path(address.path), Self.query(address.query),
            headers.map { "\($0.0):\($0.1)\n" }.joined(), names, Hex.encode(SHA256.hash(data: request.body ?? [])),
        ].joined(separator: "\n")
        let scope = [date, region.text(values), service.text(values), "aws4_request"]
        let text = [
            "AWS4-HMAC-SHA256", time, scope.joined(separator: "/"),
            Hex.encode(SHA256.hash(data: Array(canonical.utf8))),
        ].joined(separator: "\n")
        let key = scope.reduce(SymmetricKey(data: Array(("AWS4" + secretKey.text(values)).utf8))) { key, part in
            SymmetricKey(data: Self.code(part, key))
        }
        let signature = Hex.encode(Self.code(text, key))
        signed.headers.append(
            (
                "Authorization",
                "AWS4-HMAC-SHA256 Credential=\(accessKey.text(values))/\(scope.joined(separator: "/")), "
                    + "SignedHeaders=\(names), Signature=\(signature)"
            ))
        return signed
    }

    private static func code(_ text: String, _ key: SymmetricKey) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key))
    }

    /// The path, encoded a second time: all services except S3 expect that.
    private static func path(_ path: String) -> String {
        path.split(separator: "/", omittingEmptySubsequences: false).map { PercentEncoding.encode(String($0)) }
            .joined(separator: "/")
    }

    private static func query(_ query: String) -> String {
        let fields = FormFields(decoding: query.utf8)?.all ?? []
        return fields.map { (PercentEncoding.encode($0.name), PercentEncoding.encode($0.value)) }.sorted { $0 < $1 }
            .map { $0 + "=" + $1 }.joined(separator: "&")
    }

    /// A value without spaces around it, and with single spaces in it.
    private static func folded(_ value: String) -> String {
        value.split(separator: " ").joined(separator: " ")
    }
}

/// The signature of Azure Communication Services with an access key
/// (<https://learn.microsoft.com/rest/api/communication/authentication>).
enum AzureSignature {
    /// The request with its signature, as in `RequestSignature.sign`.
    ///
    /// - Parameter key: the access key in base64.
    static func sign(_ request: HTTPRequest, key: String, now: Double) -> HTTPRequest {
        let address = SignedAddress(request.url)
        let date = Self.date(now)
        let hash = Data(SHA256.hash(data: request.body ?? [])).base64EncodedString()
        let target = address.path + (address.query.isEmpty ? "" : "?" + address.query)
        let text = "\(request.method.rawValue)\n\(target)\n\(date);\(address.host);\(hash)"
        let secret = SymmetricKey(data: Data(base64Encoded: key) ?? Data())
        let signature = Data(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: secret))
            .base64EncodedString()
        var signed = request
        signed.headers += [
            ("x-ms-date", date), ("x-ms-content-sha256", hash),
            (
                "Authorization",
                "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=\(signature)"
            ),
        ]
        return signed
    }

    /// A date such as `Tue, 01 Dec 2026 12:34:56 GMT` (RFC 9110 §5.6.7).
    private static func date(_ now: Double) -> String {
        let time = CivilTime(secondsSince1970: Int(now))
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let date = time.date
        return "\(days[date.weekday]), \(date.day.padded(to: 2)) \(months[date.month - 1]) \(date.year.padded(to: 4))"
            + " \(time.timeOfDay) GMT"
    }
}
