import GatewayKit
import GatewayTesting
import HTTP
import NIOEmbedded
import Testing

@testable import SMSAdapter

@Suite("Signed notifications")
struct NotificationTests {
    private static let profile = """
        profile: 1
        id: trial
        settings: {topic: {required: true}}
        send:
          request: {method: POST, url: "https://h/send", json: {text: "{{msg.text}}"}}
          accept: {http: 202}
          result: {id: none}
        hooks:
          events:
            methods: [POST]
            body: json
            verify: [{scheme: sns, topic: "{{topic}}"}]
            unwrap: "json:/Message"
            cases:
              - event: inbound
                fields: {id: "json:/id", from: "json:/from", to: "json:/to", text: "json:/text"}
        tests:
          - {name: s, settings: {topic: t}, send: {from: "+15550001111", to: "+15551234567", text: x}, request: {method: POST}}
          - {name: r, settings: {topic: t}, hook: events, request: {method: POST, body: "{}"}, refused: unverified}
        """

    private let gateway: Gateway

    init() throws {
        gateway = try Gateway(profile: Self.profile, settings: "{topic: \"arn:aws:sns:us-east-1:1:sms\"}")
        gateway.provider.answerAlways(.http(200, SignedNotifications.certificate))
        gateway.start(owned: [Gateway.alice])
    }

    private func call(_ body: String) -> Int? {
        let reply = gateway.call(WebhookRequest(.post, path: "/box/events", body: Array(body.utf8)))
        gateway.loop.run()
        return reply?.status
    }

    private var asked: [String] { gateway.provider.requests.map(\.url) }

    @Test("The certificate is asked for once, and kept")
    func certificate() {
        #expect(call(SignedNotifications.text) == 200)
        #expect(call(SignedNotifications.text) == 200)
        #expect(asked == [SignedNotifications.url])
        #expect(gateway.events.count == 2, "the core recognises the repetition by its id")
    }

    @Test("A call of another topic makes us ask for nothing")
    func foreign() {
        #expect(call(SignedNotifications.ofAnotherTopic) == 403)
        #expect(call("{}") == 403)
        #expect(call("<html>") == 403)
        #expect(asked.isEmpty && gateway.events.isEmpty)
    }

    @Test("If the certificate cannot be read, the provider is asked to call again")
    func noCertificate() {
        gateway.provider.answer(.http(500))
        #expect(call(SignedNotifications.text) == 503)
        #expect(gateway.events.isEmpty)
        #expect(call(SignedNotifications.text) == 503)
        #expect(asked.count == 1, "the address is not asked again at once")
        gateway.now = gateway.now.advanced(by: .seconds(30))
        #expect(call(SignedNotifications.text) == 200)
    }

    @Test("An answer without a certificate is not kept, so that the next call finds the certificate")
    func nonsense() {
        gateway.provider.answer(.http(200, "<html>"))
        #expect(call(SignedNotifications.text) == 503)
        #expect(gateway.events.isEmpty)
        gateway.now = gateway.now.advanced(by: .seconds(30))
        #expect(call(SignedNotifications.text) == 200)
    }

    @Test(
        "A call that cannot be right in any case makes us ask for nothing",
        arguments: [
            ("2026-01-01T12:00:00.000Z", "2025-12-01T12:00:00.000Z"),
            ("\"SignatureVersion\": \"2\"", "\"SignatureVersion\": \"9\""),
            ("\"Signature\": \"cGIv", "\"Signature\": \"#"),
            ("sns.us-east-1.amazonaws.com/Simple", "sns.us-west-1.amazonaws.com/Simple"),
        ])
    func cheap(part: String, replacement: String) {
        #expect(call(SignedNotifications.text.replacing(part, with: replacement)) == 403)
        #expect(asked.isEmpty)
    }

    @Test("Junk at one host leaves room for other hosts, and does not displace a certificate that has proven a call")
    func junk() {
        let provider = FakeProvider()
        let certificates = SigningCertificates(clock: { Gateway.noon }, provider.transport)
        func url(_ name: Int, _ region: String = "us-east-1") -> String {
            "https://sns.\(region).amazonaws.com/SimpleNotificationService-\(name).pem"
        }
        provider.answerAlways(.http(200, SignedNotifications.certificate))
        certificates.fetch(url(0)) { #expect($0) }
        certificates.proved(url(0))
        for name in 1...(2 * SigningCertificates.most) { certificates.fetch(url(name)) { #expect($0) } }
        #expect(certificates.known(url(0)) != nil && certificates.known(url(1)) == nil)
        let count = provider.requests.count
        provider.hold()
        for name in 1_001...1_010 { certificates.fetch(url(name)) { _ in } }
        #expect(provider.requests.count == count + SigningCertificates.mostAskedAtHost)
        certificates.fetch(url(1, "eu-west-1")) { _ in }
        #expect(provider.requests.count == count + SigningCertificates.mostAskedAtHost + 1)
    }

    @Test(
        "With another proof in its list, a call with that proof asks for no certificate, and one without it is refused")
    func cheapFirst() throws {
        for (list, isFetched) in [("{scheme: any, of: [SNS, SECRET]}", false), ("SNS, SECRET", true)] {
            let rule = list.replacing("SNS", with: "{scheme: sns, topic: \"{{topic}}\"}")
                .replacing("SECRET", with: "{scheme: shared_secret, value: \"query:k\", key: \"{{topic}}\"}")
            let profile = Self.profile.replacing("[{scheme: sns, topic: \"{{topic}}\"}]", with: "[\(rule)]")
            let gateway = try Gateway(profile: profile, settings: "{topic: \"arn:aws:sns:us-east-1:1:sms\"}")
            gateway.provider.answerAlways(.http(200, SignedNotifications.certificate))
            gateway.start(owned: [Gateway.alice])
            func call(_ query: String) -> Int? {
                let body = Array(SignedNotifications.text.utf8)
                let reply = gateway.call(WebhookRequest(.post, path: "/box/events", rawQuery: query, body: body))
                gateway.loop.run()
                return reply?.status
            }
            if isFetched { #expect(call("k=x") == 403 && gateway.provider.requests.isEmpty) }
            #expect(call("k=arn:aws:sns:us-east-1:1:sms") == 200)
            #expect(gateway.provider.requests.isEmpty == !isFetched)
        }
    }

    @Test("A subscription is confirmed at Amazon's address only")
    func confirmation() {
        #expect(call(SignedNotifications.confirmation) == 200)
        #expect(asked.last == "https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&Token=tok")
        let count = asked.count
        _ = call(SignedNotifications.falseConfirmation)
        #expect(asked.count == count)
        #expect(gateway.events.isEmpty)
    }

    @Test("If the confirmation fails, Amazon is asked to call again")
    func failed() {
        gateway.provider.answer(.http(200, SignedNotifications.certificate), .http(500))
        #expect(call(SignedNotifications.confirmation) == 503)
    }

    @Test(
        "Only addresses of the service name a certificate",
        arguments: [
            (SignedNotifications.url, true),
            ("https://sns.cn-north-1.amazonaws.com.cn/SimpleNotificationService-a.pem", true),
            ("http://sns.us-east-1.amazonaws.com/SimpleNotificationService-a.pem", false),
            ("https://sns.us-east-1.amazonaws.com.evil.example/SimpleNotificationService-a.pem", false),
            ("https://sns.evil.example/SimpleNotificationService-a.pem", false),
            ("https://sns.a.b.amazonaws.com/SimpleNotificationService-a.pem", false),
            ("https://sns.s3.amazonaws.com/SimpleNotificationService-a.pem", false),
            ("https://sns.s3-us-west-2.amazonaws.com/SimpleNotificationService-a.pem", false),
            ("https://sns.us-gov-west-1.amazonaws.com/SimpleNotificationService-a.pem", true),
            ("https://sns.amazonaws.com@evil.example/SimpleNotificationService-a.pem", false),
            ("https://sns.us-east-1.amazonaws.com:444/SimpleNotificationService-a.pem", false),
            ("https://sns.us-east-1.amazonaws.com/other-a.pem", false),
            ("https://sns.us-east-1.amazonaws.com/SimpleNotificationService-a/../b.pem", false),
            ("https://s3.amazonaws.com/SimpleNotificationService-a.pem", false), ("", false),
        ])
    func address(url: String, isPermitted: Bool) {
        let body = Array(#"{"SigningCertURL": "\#(url)"}"#.utf8)
        let call = WebhookCall(url: "https://gw.example/", received: Received(body: body), remoteAddress: "192.0.2.1")
        let found = NotificationSignature(topics: []).certificateURL(of: call)
        #expect(found == (isPermitted ? url : nil))
    }
}
