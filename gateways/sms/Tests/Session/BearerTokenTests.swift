import GatewayKit
import GatewayTesting
import HTTP
import NIOCore
import NIOEmbedded
import Testing

@testable import SMSAdapter

@Suite("Bearer tokens")
struct BearerTokenTests {
    private static let profile = """
        profile: 1
        id: trial
        settings: {id: {required: true}, key: {required: true}}
        send:
          request:
            method: POST
            url: "https://h/send"
            json: {to: "{{msg.to}}", text: "{{msg.text}}"}
            auth: {oauth2: {url: "https://h/token", client_id: "{{id}}", client_secret: "{{key}}", scope: "sms"}}
          accept: {http: 202}
          result: {id: none}
        tests:
          - {name: s, settings: {id: me, key: k}, send: {from: "+15550001111", to: "+15551234567", text: x}, request: {headers: {Authorization: "Bearer TOKEN"}}}
        """

    private let gateway: Gateway
    private let session: any AdapterSession

    init() throws {
        gateway = try Gateway(profile: Self.profile, settings: "{id: me, key: k}")
        session = gateway.open()
    }

    private static func token(_ text: String, life: Int = 3600) -> FakeProvider.Answer {
        .http(200, #"{"access_token": "\#(text)", "token_type": "bearer", "expires_in": \#(life)}"#)
    }

    private var calls: [String] {
        gateway.provider.requests.map { request in
            let proof = request.headers.first { $0.0 == "Authorization" }?.1 ?? "none"
            return request.url.split(separator: "/").last.map { "\($0) \(proof)" } ?? ""
        }
    }

    private static let asked = "token Basic bWU6aw=="

    @Test("A token is asked for once, and used by all messages until it ends")
    func once() {
        gateway.provider.answer(Self.token("T1"))
        gateway.send(session, "a", id: "r-1")
        gateway.send(session, "b", id: "r-2", to: "+15551234568")
        #expect(calls == [Self.asked, "send Bearer T1", "send Bearer T1"])
        let form = FormFields(decoding: gateway.provider.requests[0].body ?? [])
        #expect(form?["grant_type"] == "client_credentials" && form?["scope"] == "sms")
        #expect(gateway.events.count == 2)
    }

    @Test("Messages that wait for the same token ask once")
    func together() {
        gateway.provider.hold()
        gateway.send(session, "a", id: "r-1")
        gateway.send(session, "b", id: "r-2", to: "+15551234568")
        #expect(calls == [Self.asked])
        gateway.provider.release(Self.token("T1"))
        gateway.loop.run()
        #expect(calls == [Self.asked, "send Bearer T1", "send Bearer T1"])
    }

    @Test("A refused token is replaced once, and the message goes out with the new one")
    func refused() {
        gateway.provider.answer(Self.token("T1"), .http(401), Self.token("T2"), .http(202))
        gateway.send(session, "a")
        #expect(calls == [Self.asked, "send Bearer T1", Self.asked, "send Bearer T2"])
        #expect(gateway.events == [.outcome(RequestID("r-1"), .accepted(as: nil))])
    }

    @Test("If the new token is refused too, the account is paused")
    func twice() {
        gateway.provider.answer(Self.token("T1"), .http(401), Self.token("T2"), .http(401))
        gateway.send(session, "a")
        #expect(calls.count == 4)
        #expect(gateway.reports.count == 1)
    }

    @Test(
        "Without a token no message is sent",
        arguments: [
            (FakeProvider.Answer.http(401, #"{"error": "invalid_client"}"#), true), (.http(500), false),
            (.http(200, "<html>"), false), (.failure(.outcomeUnknown(.timeout)), false),
        ])
    func none(answer: FakeProvider.Answer, pauses: Bool) {
        gateway.provider.answer(answer)
        gateway.send(session, "a")
        #expect(calls == [Self.asked])
        guard case .outcome(_, .failed(let failure))? = gateway.events.last else {
            return #expect(Bool(false), "the message is tried again later")
        }
        #expect(failure.retry != .never)
        #expect(gateway.reports.isEmpty != pauses)
    }

    @Test("A token counts until shortly before its end, at most a day")
    func life() throws {
        let rule = TokenRule(
            url: try AddressTemplate(Template(literal: "https://h/t"), addresses: []),
            client: Template(literal: "a"), secret: Template(literal: "b"), scope: nil)
        for (told, end) in [
            ("3600", 3540.0), ("100", 90), ("999999999", 86_340), ("-5", 0.9), ("null", 270), ("\"nan\"", 270),
        ] {
            let body = Array(#"{"access_token": "T", "expires_in": \#(told)}"#.utf8)
            let token = try rule.token(in: HTTPResponse(status: 200, body: body), now: 0)
            #expect(token.end == end, "\(told)")
        }
    }
}
