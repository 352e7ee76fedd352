import Basics
import Crypto
import HTTP

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
