import GatewayKit
import HTTP
import Testing

@testable import SMSAdapter

@Suite("Provider profiles")
struct ProviderProfileTests {
    @Test("Every shipped profile is valid and passes its own tests", arguments: try Profiles.shippedNames)
    func shipped(name: String) throws {
        let (profile, problems) = try Profiles.read(try Profiles.text(name), vectors: true)
        #expect(problems == [])
        #expect(try #require(profile).id == name)
        #expect(try #require(profile).vectors.count >= 8)
    }

    private static let small = """
        profile: 1
        id: small
        settings:
          base: {kind: url, required: true}
          token: {required: true, secret: true}
        send:
          request: {method: GET, url: "{{base}}/send", query: {to: "{{msg.to}}", text: "{{msg.text}}"}}
          accept: {http: 200}
          result: {id: none}
        hooks:
          status:
            methods: [GET]
            verify: [{scheme: shared_secret, value: "query:token", key: "{{token}}"}]
            fields: {ref: "query:ref", state: "query:s"}
        states: {ok: delivered}
        """

    @Test("A small profile is enough", arguments: ["", "\ncapabilities: {}"])
    func smallProfile(more: String) throws {
        let (profile, problems) = try Profiles.read(Self.small + more)
        #expect(problems == [])
        // Nothing is promised that the profile does not name.
        let limits = try #require(profile).limits
        #expect(!limits.reports && !limits.shortCodes && limits.longestText == nil && limits.mostParts == nil)
    }

    @Test(
        "A fault is reported with its line, its key and a text",
        arguments: [
            ("profile: 1", "profile: 2", "1: profile:"), ("id: small", "name: small", "1: id: required"),
            ("{{base}}/send", "{{bass}}/send", "7: send.request.url: unknown name 'bass'"),
            ("{{base}}/send", "/send", "7: send.request.url: an address starts with"),
            ("{{msg.text}}", "{{msg.text|shout}}", "7: send.request.query.text: unknown filter 'shout'"),
            ("{{msg.text}}", "{{msg.text", "7: send.request.query.text: '{{' without '}}'"),
            ("method: GET, ", "method: FETCH, ", "7: send.request.method: 'FETCH' is not one of"),
            ("method: GET, ", "method: GET, mehtod: x, ", "7: send.request.mehtod: unknown key"),
            ("http: 200", "http: 2000", "8: send.accept.http: '2000' is not an HTTP status"),
            ("  accept: {http: 200}\n", "", "7: send.accept: required, but missing"),
            (
                "{id: none}", "{id: none}\n  errors: [{when: {http: 400}}]",
                "10: send.errors[0].kind: required, but missing"
            ),
            ("id: none", "id: nowhere", "9: send.result.id: 'nowhere' selects nothing"),
            ("[GET]\n    verify", "[PATCH]\n    verify", "12: hooks.status.methods: 'PATCH' is not one of GET, POST"),
            ("key: \"{{token}}\"", "key: tok", "13: hooks.status.verify[0].key: a key comes from a setting"),
            ("key: \"{{token}}\"", "key: \"{{msg.to}}\"", "13: hooks.status.verify[0].key: unknown name 'msg.to'"),
            ("shared_secret", "trust_me", "13: hooks.status.verify[0].scheme: 'trust_me' is not one of"),
            (
                "[{scheme: shared_secret, value: \"query:token\", key: \"{{token}}\"}]",
                "[{scheme: ip_allow, cidrs: [10.0.0.0/8]}]", "13: hooks.status.verify: a hook needs"
            ),
            (
                "[{scheme: shared_secret, value: \"query:token\", key: \"{{token}}\"}]", "[]",
                "13: hooks.status.verify: a hook needs"
            ),
            ("ref: \"query:ref\", ", "", "14: hooks.status.fields.ref: required"),
            ("delivered", "arrived", "15: states.ok: 'arrived' is not one of queued, sent, delivered"),
            ("hooks:", "hook:", "10: hook: unknown key; did you mean 'hooks'?"),
            ("kind: url", "kind: link", "4: settings.base.kind: 'link' is not one of"),
        ])
    func problems(right: String, wrong: String, expected: String) throws {
        #expect(Self.small.contains(right))
        let text = Self.small.split(separator: right, maxSplits: 1, omittingEmptySubsequences: false)
            .joined(separator: wrong)
        let (profile, problems) = try Profiles.read(text)
        #expect(profile == nil)
        #expect(problems.contains { $0.hasPrefix(expected) }, "\(problems)")
    }

    @Test("All faults are reported at once")
    func allAtOnce() throws {
        let (_, problems) = try Profiles.read(
            "profile: 1\nsettings: {A: {}}\nsend: {request: {url: x}, errors: 5}\nfoo: 1")
        for part in ["id:", "settings.A", "send.request.method", "send.accept", "send.result", "send.errors", "foo"] {
            #expect(problems.contains { $0.contains(" " + part) }, "\(part) in \(problems)")
        }
    }

    @Test(
        "A profile whose own test fails is reported at that test",
        arguments: [
            (
                "send: {from: '+15550001111', to: '+15551234567', text: x}\n    request: {url: 'http://h/sent'}",
                "url: expected 'http://h/sent', seen 'http://h/send'"
            ),
            (
                "send: {from: '+15550001111', to: '+15551234567', text: x}\n    request: {query: {to: '+15551234567'}}",
                "query.text: expected nothing, seen 'x'"
            ),
            (
                "send: {from: '+15550001111', to: '+15551234567', text: x}\n    response: {http: 404}\n    outcome: accepted",
                "outcome: expected 'accepted', seen 'notAcceptable'"
            ),
            (
                "hook: status\n    request: {query: 'token=t&ref=r&s=ok'}\n    event: {ref: r, state: failed}",
                "event.state: expected 'failed', seen 'delivered'"
            ),
            (
                "hook: status\n    request: {query: 'token=x&ref=r&s=ok'}\n    event: {ref: r, state: delivered}",
                "expected an event, seen a refusal: unverified (not verified)"
            ),
            (
                "hook: status\n    request: {query: 'token=t&ref=r&s=ok'}\n    refused: unverified",
                "expected a refusal ('unverified'), seen an accepted call"
            ),
        ])
    func failingVector(test: String, expected: String) throws {
        let text =
            Self.small + "\ntests:\n  - name: mine\n    settings: {base: 'http://h', token: t}\n    " + test + "\n"
        let (_, problems) = try Profiles.read(text, vectors: true)
        #expect(problems.contains { $0.hasPrefix("17: tests: 'mine': ") && $0.contains(expected) }, "\(problems)")
    }

    @Test(
        "A test with wrong settings is reported as that",
        arguments: [
            "send: {from: '+15550001111', to: '+15551234567', text: x}\n    request: {url: 'http://h/send'}",
            "hook: status\n    request: {query: 'token=t&ref=r&s=ok'}\n    refused: unverified",
        ])
    func wrongSettings(test: String) throws {
        let text = Self.small + "\ntests:\n  - name: mine\n    settings: {token: t}\n    " + test + "\n"
        let (_, problems) = try Profiles.read(text, vectors: true)
        #expect(problems.contains { $0.hasPrefix("17: tests: 'mine': settings.base: ") }, "\(problems)")
    }

    @Test("A profile without tests is reported")
    func untested() throws {
        let (_, problems) = try Profiles.read(Self.small, vectors: true)
        #expect(problems.contains { $0.contains("no test for 'send'") })
        #expect(problems.contains { $0.contains("no test for 'status'") })
    }

    @Test(
        "An answer that no rule names has a fixed meaning, and a doubtful message is never sent again",
        arguments: [
            (200, Failure.Kind?.none, false), (201, .unknownOutcome, false), (301, .internal, false),
            (400, .notAcceptable, false), (401, .internal, false), (403, .internal, false),
            (404, .notAcceptable, false),
            (408, .remoteDown, true), (429, .rateLimited, true), (500, .unknownOutcome, false),
            (502, .unknownOutcome, false), (503, .remoteDown, true), (504, .unknownOutcome, false),
        ])
    func fixedMeaning(status: Int, kind: Failure.Kind?, retried: Bool) throws {
        let profile = try #require(try Profiles.read(Self.small).0)
        let settings = ProviderSettings(profile.settings, reading: try Profiles.reader("base: https://h\ntoken: t"))
        let outcome = profile.outcome(of: HTTPResponse(status: status), settings: settings)
        guard let kind else {
            #expect(outcome == .accepted(nil))
            return
        }
        // 401 concerns the account as a whole.
        if status == 401, case .refusedAccount(let failure) = outcome { return #expect(failure.kind == kind) }
        guard case .failed(let failure) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(failure.kind == kind)
        #expect((failure.retry != .never) == retried)
        #expect(!failure.text.isEmpty)
    }

    @Test(
        "An answer may tell the number of parts and the price; what makes no sense is left out",
        arguments: [
            (#"{"n": "2", "p": "0.02", "c": "USD"}"#, MessageFacts(parts: 2, price: "0.02 USD")),
            (#"{"n": 3, "p": 0.5}"#, MessageFacts(parts: 3, price: "0.5")),
            (#"{"n": 0, "p": null, "c": "USD"}"#, MessageFacts()), (#"{"n": 256, "p": ""}"#, MessageFacts()),
            ("{}", MessageFacts()),
        ])
    func facts(body: String, facts: MessageFacts) throws {
        let text = Self.small.replacing(
            "result: {id: none}", with: "result: {id: none, parts: 'json:/n', price: 'json:/p', currency: 'json:/c'}")
        try #require(text != Self.small)
        let profile = try #require(try Profiles.read(text).0)
        let settings = ProviderSettings(profile.settings, reading: try Profiles.reader("base: https://h\ntoken: t"))
        let outcome = profile.outcome(of: HTTPResponse(status: 200, body: Array(body.utf8)), settings: settings)
        #expect(outcome == .accepted(nil, facts))
    }

    @Test(
        "The text of a message stays one value, whatever it contains",
        arguments: ["&to=+19005550000", "{{token}}", "%26", "a\r\nX-Evil: 1", "?#/", "\u{0}", "ü+ €"])
    func injection(text: String) throws {
        let profile = try #require(try Profiles.read(Self.small).0)
        let values = try Profiles.reader("base: https://h\ntoken: secret")
        let settings = ProviderSettings(profile.settings, reading: values)
        let from = try #require(E164("+15550001111"))
        let to = try #require(E164("+15551234567"))
        let message = OutboundText(ref: RequestID("r"), from: from, to: .number(to), text: text)
        let hooks = HookAddresses(base: "https://gw/sms/x/main", from: from)
        let request = try profile.request(for: message, settings: settings, hooks: hooks)
        #expect(request.url.hasPrefix("https://h/send?to=%2B15551234567&text="))
        let query = try #require(FormFields(decoding: request.url.dropFirst("https://h/send?".count).utf8))
        #expect(query.all.map(\.name) == ["to", "text"])
        #expect(query["text"] == text)
        #expect(!request.url.contains("secret"))
    }

    @Test(
        "A time that no calendar has is absent, in a profile's own test too", arguments: ["-1e300", "nan", "inf"])
    func impossibleTime(time: String) throws {
        let hook = """
              inbound:
                methods: [GET]
                verify: [{scheme: shared_secret, value: "query:token", key: "{{token}}"}]
                fields: {from: "query:from", to: "query:to", text: "query:text", at: "query:time"}
            """
        let test = """
            tests:
              - name: in
                settings: {base: "https://h", token: secret}
                hook: inbound
                request: {query: "token=secret&from=a&to=b&text=c&time=\(time)"}
                event: {from: a, to: b, text: c}
            """
        let text = Self.small.replacing("hooks:", with: "hooks:\n" + hook) + "\n" + test + "\n"
        let (profile, problems) = try Profiles.read(text, vectors: true)
        #expect(profile != nil)
        #expect(problems.filter { $0.contains("'in'") } == [])
    }

    @Test("A value with a line break cannot stand in a header")
    func headerInjection() throws {
        let text = Self.small.replacing("query: {to:", with: "headers: {X-To: \"{{msg.text}}\"}, query: {to:")
        let profile = try #require(try Profiles.read(text).0)
        let settings = ProviderSettings(profile.settings, reading: try Profiles.reader("base: https://h\ntoken: t"))
        let from = try #require(E164("+15550001111"))
        let hooks = HookAddresses(base: "https://gw", from: from)
        for text in ["a\r\nX-Evil: 1", "a\nb", "a\u{0}b"] {
            let message = OutboundText(ref: RequestID("r"), from: from, to: .number(from), text: text)
            #expect(throws: Failure.self) { try profile.request(for: message, settings: settings, hooks: hooks) }
        }
        let message = OutboundText(ref: RequestID("r"), from: from, to: .number(from), text: "fine")
        let request = try profile.request(for: message, settings: settings, hooks: hooks)
        #expect(request.headers.contains { $0 == ("X-To", "fine") })
    }
}
