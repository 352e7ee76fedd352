import Basics
import Crypto
import Foundation
import GatewayKit
import HTTP
import Testing

@testable import SMSAdapter

/// Each scheme both ways. The right values are computed here from the provider's recipe, or are published by it; the
/// vectors of the shipped profiles were computed by the providers' own libraries where there are any.
@Suite("Signatures of calls")
struct SignatureTests {
    private static let now = 1_700_000_000.0
    private static let url = "https://gw.example/sms/d/a/events"
    private static let body = Array(#"{"a":"é"}"#.utf8)

    private struct Call {
        var headers: [(String, String)] = []
        var query: String?
        var body = SignatureTests.body
        var url = SignatureTests.url
        var now = SignatureTests.now
        var isForm = false

        var call: WebhookCall {
            let received = Received(
                headers: headers, body: body, query: FormFields(decoding: (query ?? "").utf8) ?? .none,
                form: isForm ? FormFields(decoding: body) ?? .none : .none)
            return WebhookCall(
                url: url + (query.map { "?" + $0 } ?? ""), received: received, remoteAddress: "192.0.2.1", now: now)
        }
    }

    private func proof(_ yaml: String, _ call: Call, _ values: [String: String] = ["key": "s3cret"]) throws -> Proof? {
        let problems = ConfigProblems()
        let reader = try Profiles.reader("verify: [{\(yaml)}]", problems)
        let rules = Verification.all(reading: reader, names: ["key", "other"], hasBody: true)
        #expect(problems.all.isEmpty, "\(problems.all.map { "\($0.key): \($0.text)" })")
        return Verification.proof(rules, for: call.call, TemplateValues(values))
    }

    private func hmac(_ text: [UInt8], _ key: String = "s3cret", _ digest: SignatureDigest = .sha256) -> [UInt8] {
        digest.authenticationCode(of: text, key: Array(key.utf8))
    }

    private static let timed =
        #"scheme: hmac, value: "header:X-Sig", key: "{{key}}", signed: "{{body}}{{header.X-Time}}", time: "header:X-Time|epoch""#

    @Test("A signature over body and time holds, and names its use")
    func timed() throws {
        let code = Hex.encode(hmac(Self.body + Array("1700000000".utf8)))
        let right = Call(headers: [("x-sig", code), ("x-time", "1700000000")])
        #expect(try proof(Self.timed, right)?.use != nil)
        #expect(try proof(Self.timed, right, ["key": "other"]) == nil)
        #expect(try proof(Self.timed, right, [:]) == nil)
        var wrong = right
        wrong.body += [0x20]
        #expect(try proof(Self.timed, wrong) == nil)
        wrong = right
        wrong.headers[1].1 = "1700000001"
        #expect(try proof(Self.timed, wrong) == nil)
        wrong.headers = [right.headers[0]]
        #expect(try proof(Self.timed, wrong) == nil)
    }

    @Test(
        "A call that is too old or from the future is refused",
        arguments: [(-301.0, false), (-300, true), (300, true), (301, false)])
    func window(offset: Double, holds: Bool) throws {
        let code = Hex.encode(hmac(Self.body + Array("1700000000".utf8)))
        var call = Call(headers: [("x-sig", code), ("x-time", "1700000000")])
        call.now += offset
        #expect((try proof(Self.timed, call) != nil) == holds)
        #expect(try proof(Self.timed + ", window: 86400", call) != nil)
    }

    @Test("A time that is no time is refused", arguments: ["", "nan", "soon", "1e999", "-1"])
    func badTime(time: String) throws {
        let code = Hex.encode(hmac(Self.body + Array(time.utf8)))
        #expect(try proof(Self.timed, Call(headers: [("x-sig", code), ("x-time", time)])) == nil)
    }

    @Test(
        "Digests and encodings are those of the profile",
        arguments: [
            ("digest: sha1", SignatureDigest.sha1, BinaryText.hex, ""),
            ("digest: sha256, encoding: base64", .sha256, .base64, ""),
            ("digest: sha512, prefix: \"sha512=\"", .sha512, .hex, "sha512="), ("digest: md5", .md5, .hex, ""),
        ])
    func encodings(more: String, digest: SignatureDigest, encoding: BinaryText, prefix: String) throws {
        let rule = #"scheme: hmac, value: "header:X-Sig", key: ["{{other}}", "{{key}}"], signed: "{{body}}", "# + more
        let code = hmac(Self.body, "s3cret", digest)
        let text = encoding == .hex ? Hex.encode(code) : Base64.encode(code)
        #expect(try proof(rule, Call(headers: [("X-Sig", prefix + text)])) != nil)
        #expect(try proof(rule, Call(headers: [("X-Sig", prefix + text.dropLast(2))])) == nil)
        #expect(try proof(rule, Call(headers: [("X-Sig", "")])) == nil)
        if !prefix.isEmpty { #expect(try proof(rule, Call(headers: [("X-Sig", text)])) == nil) }
    }

    @Test("A signature over the address holds for the public address with and without its port, not for another host")
    func address() throws {
        let rule = #"scheme: hmac, digest: sha1, value: "header:X-Sig", key: "{{key}}", signed: "{{url}}{{body}}""#
        let sign = { (url: String) in Hex.encode(self.hmac(Array(url.utf8) + Self.body, "s3cret", .sha1)) }
        let url = "https://gw.example:8443/sms"
        for (signed, holds) in [
            (url, true), ("https://gw.example/sms", true), ("https://evil.example/sms", false),
            ("https://gw.example:8444/sms", false),
        ] {
            // A caller chooses its own Host; it must not count.
            let call = Call(headers: [("X-Sig", sign(signed)), ("Host", "evil.example")], url: url)
            #expect((try proof(rule, call) != nil) == holds, "\(signed)")
        }
    }

    @Test("The hash of the body may stand for it, in hex or as bytes")
    func bodyHash() throws {
        let digest = Array(SHA256.hash(data: Self.body))
        let time = "1700000000"
        let text = Array("\(time)\n\(Self.url)\n".utf8)
        let rule =
            #"scheme: hmac, value: "header:X-Sig", encoding: base64, key: "{{key}}", signed: "{{header.X-Time}}\n{{url}}\n{{PART}}""#
        for (part, bytes) in [("body_sha256_bytes", digest), ("body_sha256", Array(Hex.encode(digest).utf8))] {
            let call = Call(headers: [("X-Sig", Base64.encode(hmac(text + bytes))), ("X-Time", time)])
            #expect(try proof(rule.replacing("PART", with: part), call) != nil)
            var changed = call
            changed.body.append(0)
            #expect(try proof(rule.replacing("PART", with: part), changed) == nil)
        }
    }

    /// RFC 8032 §7.1, TEST 3: the message af82.
    @Test("Ed25519 has the published signature")
    func ed25519() throws {
        let key = "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025"
        let signature =
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
        let rule =
            #"scheme: ed25519, value: "header:X-Sig", encoding: hex, key_encoding: hex, key: "{{key}}", signed: "{{body}}""#
        let call = Call(headers: [("X-Sig", signature)], body: [0xAF, 0x82])
        #expect(try proof(rule, call, ["key": key]) != nil)
        var changed = call
        changed.body = [0xAF, 0x83]
        #expect(try proof(rule, changed, ["key": key]) == nil)
        #expect(try proof(rule, call, ["key": String(key.reversed())]) == nil)
        #expect(try proof(rule, call, ["key": "00"]) == nil)
        changed = call
        changed.headers = [("X-Sig", String(signature.dropLast(2)))]
        #expect(try proof(rule, changed, ["key": key]) == nil)
    }

    private static let basic = #"scheme: basic, user: "martlet", password: "{{key}}""#

    @Test("Basic authentication compares user and password")
    func basic() throws {
        let header = { (text: String) in Call(headers: [("Authorization", "Basic " + Base64.encode(Array(text.utf8)))])
        }
        #expect(try proof(Self.basic, header("martlet:s3cret")) != nil)
        for wrong in ["martlet:other", "bob:s3cret", "martlet:", "", "martlet:s3cret2"] {
            #expect(try proof(Self.basic, header(wrong)) == nil)
        }
        #expect(try proof(Self.basic, Call(headers: [("Authorization", "Bearer s3cret")])) == nil)
        #expect(try proof(Self.basic, header("martlet:"), ["key": ""]) == nil)
    }

    @Test("One of several proofs is enough where the profile says so")
    func any() throws {
        let rule =
            "scheme: any, of: [{\(Self.basic)}, {scheme: shared_secret, value: \"query:token\", key: \"{{key}}\"}]"
        #expect(try proof(rule, Call(query: "token=s3cret")) != nil)
        #expect(try proof(rule, Call(query: "token=other")) == nil)
        #expect(try proof(rule, Call(headers: [("Authorization", "Basic bWFydGxldDpzM2NyZXQ=")])) != nil)
    }

    @Test(
        "Vonage's signature of fields: sorted, with its signs replaced, by any of its methods",
        arguments: FieldsSignature.Method.allCases)
    func fields(method: FieldsSignature.Method) throws {
        let signed = "&messageId=0A&msisdn=15551234567&text=a_b_c&timestamp=1700000000&to=15550001111"
        let code = FieldsSignature.code(Array(signed.utf8), method, "s3cret")
        if method == .md5hash { #expect(code == Array(Insecure.MD5.hash(data: Array((signed + "s3cret").utf8)))) }
        let rule =
            "scheme: fields_sig, method: \"const:\(method.rawValue)\", key: \"{{key}}\", time: \"field:timestamp|epoch\""
        let fields = "to=15550001111&text=a%26b%3Dc&msisdn=15551234567&messageId=0A&timestamp=1700000000"
        let right = Call(query: fields + "&sig=" + Hex.encode(code).uppercased(), body: [])
        #expect(try proof(rule, right)?.use != nil)
        #expect(try proof(rule, Call(body: Array((right.query ?? "").utf8), isForm: true)) != nil)
        #expect(try proof(rule, right, ["key": "other"]) == nil)
        for (part, other) in [("to=1", "to=2"), ("sig=", "sag="), ("&messageId=0A", ""), ("text=", "text=x&text=")] {
            var wrong = right
            wrong.query = right.query?.replacing(part, with: other)
            #expect(try proof(rule, wrong) == nil, "\(other)")
        }
        var late = right
        late.now += 301
        #expect(try proof(rule, late) == nil)
        // The fields 'messageId' and 'msisdn' hidden within the name of one.
        let hidden = "messageId%3D0A%26msisdn=15551234567&text=a_b_c&timestamp=1700000000&to=15550001111"
        #expect(try proof(rule, Call(query: hidden + "&sig=" + Hex.encode(code), body: [])) == nil)
    }

    @Test("Plivo's signature covers address, query, form and nonce")
    func plivo() throws {
        let rule = #"scheme: plivo_v3, header: X-Plivo-Signature-V3, nonce: X-Plivo-Signature-V3-Nonce, key: "{{key}}""#
        let text = Self.url + "?b=2&c=1.FromxTexthi.n0nce"
        let code = Base64.encode(hmac(Array(text.utf8)))
        let right = Call(
            headers: [("X-Plivo-Signature-V3", "AAAA,\(code)"), ("X-Plivo-Signature-V3-Nonce", "n0nce")],
            query: "c=1&b=2",
            body: Array("Text=hi&From=x".utf8), isForm: true)
        #expect(try proof(rule, right)?.use != nil)
        #expect(try proof(rule, right, ["key": "other"]) == nil)
        var wrong = right
        wrong.headers[1].1 = "n1nce"
        #expect(try proof(rule, wrong) == nil)
        wrong = right
        wrong.body += Array("&More=1".utf8)
        #expect(try proof(rule, wrong) == nil)
        wrong = right
        wrong.url = "https://evil.example/sms/d/a/events"
        #expect(try proof(rule, wrong) == nil)
        wrong.headers = []
        #expect(try proof(rule, wrong) == nil)
    }

    @Test(
        "A rule that proves too little is reported",
        arguments: [
            ("scheme: hmac, value: \"header:S\", key: \"{{key}}\", signed: \"{{header.T}}\"", "verify[0].signed"),
            ("scheme: hmac, value: \"header:S\", key: \"{{key}}\", signed: \"{{bdy}}\"", "verify[0].signed"),
            ("scheme: hmac, value: \"header:S\", key: \"k\", signed: \"{{body}}\"", "verify[0].key"),
            (
                "scheme: hmac, value: \"header:S\", key: \"{{key}}\", signed: \"{{body}}\", window: 60",
                "verify[0].window"
            ),
            ("scheme: jwt, value: \"header:A\", key: \"{{key}}\"", "verify[0].binds"),
            ("scheme: jwt, value: \"header:A\", key: \"{{key}}\", binds: body", "verify[0].body_hash"),
            (
                "scheme: jwt, value: \"header:A\", key: \"{{key}}\", binds: none, algorithms: none",
                "verify[0].algorithms"
            ),
            ("scheme: fields_sig, method: \"const:md5\", key: \"{{key}}\"", "verify[0].time"),
            ("scheme: basic, user: a, password: b", "verify[0].password"),
            ("scheme: any, of: [{scheme: ip_allow, cidrs: [10.0.0.0/8]}]", "verify"), ("scheme: any, of: []", "verify"),
        ])
    func weak(rule: String, key: String) throws {
        let problems = ConfigProblems()
        _ = Verification.all(
            reading: try Profiles.reader("verify: [{\(rule)}]", problems), names: ["key"], hasBody: true)
        #expect(problems.all.map(\.key) == [key], "\(problems.all.map { "\($0.key): \($0.text)" })")
    }
}

@Suite("Tokens of calls")
struct TokenTests {
    private static let url = "https://gw.example/sms/d/a/events"
    private static let body = Array(#"{"a":1}"#.utf8)
    private static let hash = "015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862"

    private static func encode(_ text: String) -> String {
        Base64.encode(Array(text.utf8)).replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    private static func token(
        _ claims: String, header: String = #"{"alg":"HS256","typ":"JWT"}"#, key: String = "s3cret",
        _ digest: SignatureDigest = .sha256
    ) -> String {
        let signed = encode(header) + "." + encode(claims)
        let code = Base64.encode(digest.authenticationCode(of: Array(signed.utf8), key: Array(key.utf8)))
        return signed + "." + code.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    private static let bound =
        #"scheme: jwt, value: "header:Authorization", key: "{{key}}", binds: body, body_hash: payload_hash, issuer: Vonage"#

    private func proof(
        _ token: String, by yaml: String = bound, body: [UInt8] = body, url: String = url, now: Double = 1_700_000_000
    ) throws -> Proof? {
        let reader = try Profiles.reader("verify: [{\(yaml)}]")
        let rules = Verification.all(reading: reader, names: ["key"], hasBody: true)
        let received = Received(headers: [("Authorization", token)], body: body)
        let call = WebhookCall(url: url, received: received, remoteAddress: "", now: now)
        return Verification.proof(rules, for: call, TemplateValues(["key": "s3cret"]))
    }

    private static let claims = #"{"iat":1700000000,"iss":"Vonage","payload_hash":"\#(hash)","jti":"x"}"#

    @Test("A token for this body holds, with and without its scheme, and names its use")
    func right() throws {
        let token = Self.token(Self.claims)
        for text in ["Bearer " + token, "bearer " + token, token] {
            let proof = try proof(text)
            #expect(proof?.use != nil)
            #expect(proof?.claims?.value(at: ["jti"]) == .string("x"))
        }
    }

    @Test("Everything else is refused")
    func wrong() throws {
        let token = Self.token(Self.claims)
        #expect(try proof(token, body: Self.body + [0x20]) == nil)
        #expect(try proof(token, body: []) == nil)
        #expect(try proof(token, now: 1_700_000_301) == nil)
        #expect(try proof(token, now: 1_699_999_699) == nil)
        #expect(try proof(Self.token(Self.claims, key: "other")) == nil)
        #expect(try proof(Self.token(Self.claims.replacing("Vonage", with: "Mallory"))) == nil)
        #expect(try proof(Self.token(Self.claims.replacing("payload_hash", with: "payload"))) == nil)
        #expect(try proof(Self.token(Self.claims.replacing("iat", with: "at"))) == nil)
        #expect(try proof(Self.token("[1]")) == nil)
        for text in ["", "a.b", "a.b.c.d", "..", token + "A", token.replacing(".", with: ""), "Bearer"] {
            #expect(try proof(text) == nil, "\(text)")
        }
        #expect(try proof(token + String(repeating: "A", count: TokenProof.longest)) == nil)
    }

    @Test(
        "Only the algorithms of the profile count, and never none",
        arguments: ["none", "None", "NONE", "", "HS384", "RS256", "hs256"])
    func algorithms(name: String) throws {
        let header = #"{"alg":"\#(name)"}"#
        #expect(try proof(Self.token(Self.claims, header: header)) == nil)
        #expect(try proof(Self.token(Self.claims, header: header, .sha384)) == nil)
        let unsigned = Self.encode(header) + "." + Self.encode(Self.claims) + "."
        #expect(try proof(unsigned) == nil)
    }

    @Test("A header that asks for an extension is refused (RFC 7515 §4.1.11)")
    func critical() throws {
        #expect(try proof(Self.token(Self.claims, header: #"{"alg":"HS256","crit":["exp"]}"#)) == nil)
    }

    @Test("HS512 holds where the profile permits it")
    func hs512() throws {
        let token = Self.token(Self.claims, header: #"{"alg":"HS512"}"#, .sha512)
        #expect(try proof(token, by: Self.bound + ", algorithms: [HS256, HS512]") != nil)
        #expect(try proof(token) == nil)
    }

    private static let address =
        #"scheme: jwt, value: "header:Authorization", key: "{{key}}", binds: none, url_hash: url_hash"#

    @Test("A token for this address holds with and without the port, and between its times")
    func addresses() throws {
        let hash = { (url: String) in Hex.encode(SHA256.hash(data: Array(url.utf8))) }
        let token = { (url: String) in Self.token(#"{"nbf":1700000000,"exp":1700000100,"url_hash":"\#(hash(url))"}"#) }
        #expect(try proof(token(Self.url), by: Self.address) != nil)
        #expect(try proof(token("https://gw.example:443/sms/d/a/events"), by: Self.address) != nil)
        #expect(try proof(token("https://evil.example/sms/d/a/events"), by: Self.address) == nil)
        #expect(try proof(token(Self.url), by: Self.address, url: Self.url + "?ref=1") == nil)
        #expect(try proof(token(Self.url), by: Self.address, now: 1_700_000_161) == nil)
        #expect(try proof(token(Self.url), by: Self.address, now: 1_699_999_939) == nil)
    }

    @Test("The audience is the address where the profile says so")
    func audience() throws {
        let rule = Self.address.replacing("url_hash: url_hash", with: "audience_is_url: true")
        let token = { (audience: String) in Self.token(#"{"iat":1700000000,"exp":1700000600,"aud":\#(audience)}"#) }
        #expect(try proof(token("\"\(Self.url)\""), by: rule) != nil)
        #expect(try proof(token("[\"x\",\"\(Self.url)\"]"), by: rule) != nil)
        for wrong in ["\"https://evil.example/\"", "[]", "null", "{}"] {
            #expect(try proof(token(wrong), by: rule) == nil)
        }
    }

    @Test("A token without a time holds only where the profile says so, and then has no use")
    func timeless() throws {
        let rule = Self.address.replacing("binds: none, url_hash: url_hash", with: "binds: claims, timeless: true")
        let proof = try proof(Self.token(#"{"id":1}"#), by: rule)
        #expect(proof != nil && proof?.use == nil)
        #expect(try self.proof(Self.token(#"{"id":1}"#), by: Self.address) == nil)
    }
}
