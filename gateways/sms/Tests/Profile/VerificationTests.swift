import HTTP
import Testing

@testable import SMSAdapter

@Suite("Proof of the caller")
struct VerificationTests {
    /// The example in Twilio's documentation of webhook security, including its token.
    @Test("Twilio's published example has the published signature")
    func twilioExample() throws {
        let url = "https://mycompany.com/myapp.php?foo=1&bar=2"
        let form = "CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309&To=%2B18005551212"
        #expect(try holds("RSOYDt4T1cUTdK1PDd93/VVr8B8=", url: url, form: form))
        #expect(try !holds("RSOYDt4T1cUTdK1PDd93/VVr8B8=", url: url, form: form + "&More=1"))
        #expect(try !holds("RSOYDt4T1cUTdK1PDd93/VVr8B9=", url: url, form: form))
        #expect(try !holds("RSOYDt4T1cUTdK1PDd93/VVr8B8=", url: url, form: form, keys: ["54321"]))
        #expect(try holds("RSOYDt4T1cUTdK1PDd93/VVr8B8=", url: url, form: form, keys: ["54321", "12345"]))
        #expect(try !holds("RSOYDt4T1cUTdK1PDd93/VVr8B8=", url: url, form: form, keys: []))
        #expect(try !holds("", url: url, form: form))
    }

    @Test("Two fields of one name count once if their values are equal, otherwise twice, in the order of the values")
    func repeatedFields() throws {
        let once = SortedFormSignature.signature(Array("https://h/a1".utf8), key: "12345", .sha1)
        #expect(try holds(once, url: "https://h/", form: "a=1&a=1"))
        let twice = SortedFormSignature.signature(Array("https://h/a1a2B3".utf8), key: "12345", .sha1)
        #expect(try !holds(twice, url: "https://h/", form: "a=2&B=3&a=1"))
        let ordered = SortedFormSignature.signature(Array("https://h/B3a1a2".utf8), key: "12345", .sha1)
        #expect(try holds(ordered, url: "https://h/", form: "a=2&B=3&a=1"))
    }

    @Test("A signature counts only with the digest that the call names, SHA-1 if it names none")
    func digests() throws {
        let sha256 = SortedFormSignature.signature(Array("https://h/".utf8), key: "12345", .sha256)
        #expect(try holds(sha256, url: "https://h/", form: "", settings: "algorithm=HMAC_SHA256"))
        #expect(try !holds(sha256, url: "https://h/", form: "", settings: "algorithm=HMAC_SHA1"))
        #expect(try !holds(sha256, url: "https://h/", form: ""))
    }

    @Test("A body that is not a form is signed by its hash in the query")
    func bodyHash() throws {
        // SHA-256 of {"a":1}
        let hash = "015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862"
        let url = "https://h/?bodySHA256=" + hash
        let signature = SortedFormSignature.signature(Array(url.utf8), key: "12345", .sha1)
        #expect(try holds(signature, url: url, form: "{\"a\":1}", query: "bodySHA256=" + hash))
        #expect(try !holds(signature, url: url, form: "{\"a\":2}", query: "bodySHA256=" + hash))
    }

    @Test(
        "An address is tried with and without its port",
        arguments: [
            ("https://h/a?b:c", "https://h:443/a?b:c"), ("https://h:443/a", "https://h/a"),
            ("http://h/", "http://h:80/"),
            ("https://h:8443/a", "https://h/a"), ("https://[::1]/a", "https://[::1]:443/a"),
            ("https://[::1]:443/a", "https://[::1]/a"),
            ("https://[::1]:8443/a", "https://[::1]/a"), ("ftp://h/", nil),
        ] as [(String, String?)])
    func ports(url: String, other: String?) {
        let call = WebhookCall(url: url, received: Received(), remoteAddress: "")
        #expect(call.urls == [url] + (other.map { [$0] } ?? []))
    }

    private func holds(
        _ signature: String, url: String, form: String, query: String = "", keys: [String] = ["12345"],
        settings: String? = nil
    ) throws -> Bool {
        var digest = try Selector("header:Settings|param:algorithm")
        digest.map = ["HMAC_SHA1": "sha1", "HMAC_SHA256": "sha256"]
        let rule = SortedFormSignature(
            header: "X-Twilio-Signature", keys: [], digest: digest, portVariants: true, bodyHashQuery: "bodySHA256")
        let received = Received(
            headers: [("x-twilio-signature", signature)] + (settings.map { [("settings", $0)] } ?? []),
            body: Array(form.utf8), query: try #require(FormFields(decoding: query.utf8)),
            form: try #require(FormFields(decoding: form.utf8)))
        return rule.holds(for: WebhookCall(url: url, received: received, remoteAddress: "192.0.2.1"), keys: keys)
    }
}
