import GatewayKit
import HTTP
import Testing

@testable import SMSAdapter

/// The expected signatures of version 4 were computed by botocore; the first one is published by Amazon.
@Suite("Signatures of our requests")
struct RequestSignatureTests {
    private static let now = 1_440_938_160.0

    static let requests: [(HTTPRequest, token: String, signature: String)] = [
        (
            HTTPRequest(.get, url: "https://example.amazonaws.com/"), "",
            "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
        ),
        (
            HTTPRequest(.get, url: "https://example.amazonaws.com/?Param2=value2&Param1=va%20lue%2F1"), "",
            "23a68166e26d121d7eea1eec1b6a4a21076ac8741e86b8b9c2d5c957d38b40ea"
        ),
        (
            HTTPRequest(
                .post, url: "https://example.amazonaws.com/a%20b/c",
                headers: [("Content-Type", "application/x-amz-json-1.0"), ("X-Amz-Target", "A.B")],
                body: Array(#"{"a":"é"}"#.utf8)), "TOKEN",
            "71ffba6ab631a6a1d0610ea616212731ec9e734429ccee12c221d80884ca8702"
        ),
    ]

    @Test("A request is signed as botocore signs it", arguments: requests)
    func sigV4(request: HTTPRequest, token: String, signature: String) {
        let rule = SigV4(
            accessKey: Template(literal: "AKIDEXAMPLE"),
            secretKey: Template(literal: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
            sessionToken: Template(literal: token), region: Template(literal: "us-east-1"),
            service: Template(literal: "service"))
        let signed = rule.sign(request, TemplateValues(), now: Self.now)
        let header = signed.headers.first { $0.0 == "Authorization" }?.1
        #expect(header?.hasSuffix("Signature=" + signature) == true)
        #expect(header?.contains("Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request") == true)
        #expect(signed.headers.first { $0.0 == "X-Amz-Date" }?.1 == "20150830T123600Z")
    }

    static let faults = [
        ("{}", "auth: one of basic, sigv4, azure, oauth2 is expected here"),
        ("{azure: \"literal\"}", "azure: a key comes from a setting; one written in the profile is known to everybody"),
        ("{oauth2: {url: \"https://h/t\", client_id: \"{{key}}\"}}", "client_secret: required, but missing"),
        ("{sigv4: {access_key: a, secret_key: \"{{key}}\", region: r}}", "service: required, but missing"),
        ("{basic: [a, b], azure: \"{{key}}\"}", "auth: one of basic, sigv4, azure, oauth2 is expected here"),
    ]

    @Test("A fault of a way to sign is told", arguments: faults)
    func fault(auth: String, problem: String) throws {
        let problems = ConfigProblems()
        let reader = try Profiles.reader("{method: GET, url: \"https://h/\", auth: \(auth)}", problems)
        _ = RequestRule(reading: reader, names: ["key"], addresses: [])
        let ends = problems.all.map { "\($0.key.split(separator: ".").last ?? ""): \($0.text)" }
        #expect(ends.contains(problem), "\(ends)")
    }
}
