import Foundation
import GatewayKit
import HTTP

/// The rules by which a bearer token is asked for: the client credentials grant of OAuth 2.0 (RFC 6749 §4.4).
struct TokenRule: Equatable, Sendable {
    let url: AddressTemplate
    let client: Template
    let secret: Template
    let scope: Template?

    /// The lifetime in seconds of a token if the answer does not tell it (RFC 6749 §5.1).
    private static let usualLife = 300.0
    private static let longestToken = 8_192

    /// A token and its end in seconds since 1970.
    struct Token: Equatable, Sendable {
        let text: String
        let end: Double
    }

    /// Makes the request that asks for a token.
    func request(_ values: TemplateValues) -> HTTPRequest {
        let pair = [client, secret].map { PercentEncoding.encode($0.text(values)) }.joined(separator: ":")
        var fields = [("grant_type", "client_credentials")]
        if let scope = scope?.text(values), !scope.isEmpty { fields.append(("scope", scope)) }
        return HTTPRequest(
            .post, url: url.text(values),
            headers: [
                ("Authorization", "Basic " + Data(pair.utf8).base64EncodedString()),
                ("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "application/json"),
            ], body: Array(FormFields.encode(fields).utf8))
    }

    /// The token of an answer. Throws if there is none: `internal` if the provider refuses the client, which pauses the
    /// operator's account, and otherwise a failure after which another try is allowed.
    func token(in response: HTTPResponse, now: Double) throws(Failure) -> Token {
        let json = try? JSONReader.read(response.body)
        if response.status == 200, let text = json?.value(at: ["access_token"])?.scalar, !text.isEmpty,
            text.utf8.count <= Self.longestToken, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        {
            let told = json?.value(at: ["expires_in"])?.scalar.flatMap { Double($0) }
                .flatMap { $0.isFinite ? $0 : nil }
            let life = min(max(told ?? Self.usualLife, 1), 86_400)
            // We stop using the token a little earlier than the provider does.
            return Token(text: text, end: now + life - min(60, life / 10))
        }
        guard [400, 401, 403].contains(response.status) else {
            throw ProviderErrorKind.providerDown.failure(
                detail: "no token: the status is \(response.status)", wait: nil)
        }
        let reason = json?.value(at: ["error"])?.scalar.map { String($0.prefix(64)) } ?? "status \(response.status)"
        throw ProviderErrorKind.auth.failure(detail: "no token: \(reason)", wait: nil)
    }
}
