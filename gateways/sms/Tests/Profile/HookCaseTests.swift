import GatewayKit
import HTTP
import Testing

@testable import SMSAdapter

@Suite("Calls with events of several kinds")
struct HookCaseTests {
    static let text = """
        profile: 1
        id: trial
        settings:
          token: {required: true, secret: true}
          number: {}
        send:
          request:
            method: POST
            url: "https://h/send"
            headers: {Idempotency-Key: "{{msg.ref}}"}
            json: {to: "{{msg.to}}", text: "{{msg.text}}", tag: "{{msg.tag}}", hook: "{{hook.events}}"}
          accept: {http: 200, every: /messages, is: {json: /status, in: ["0"]}}
          result: {id: "json:/messages/0/id"}
        states: {done: delivered, lost: failed, moving: sent}
        hooks:
          events:
            methods: [POST]
            body: json
            verify: [{scheme: shared_secret, value: "query:token", key: "{{token}}"}]
            each: /events
            cases:
              - when: {json: /type, in: [in]}
                event: inbound
                fields:
                  id: "json:/id"
                  from: "json:/from"
                  to: {first: ["json:/to", "setting:number"]}
                  text: "json:/text"
                  at: "json:/at|epoch_ms"
                  media: {each: /media, url: "json:/url"}
              - when: {all: [{json: /type, in: [report]}, {json: /tag, exists: true}]}
                event: status
                fields: {tag: "json:/tag", id: "json:/id", state: "json:/state"}
              - when: {json: /type, in: [report]}
                event: status
                fields: {id: "json:/id", number: "json:/sender", state: "json:/state"}
              - when: {json: /type, in: [ping]}
                event: ignore
        """

    private func call(_ body: String) throws -> Result<ProvenCall, HookRefusal> {
        let (read, problems) = try Profiles.read(Self.text)
        #expect(problems == [])
        let profile = try #require(read)
        return profile.call(
            hook: "events", WebhookRequest(.post, rawQuery: "token=t", body: Array(body.utf8)),
            url: "https://gw/events",
            now: 0, settings: try Profiles.settings(of: profile, "token: t\nnumber: '+15550001111'"))
    }

    @Test("One address gets events of all kinds, several in a call")
    func several() throws {
        let proven = try call(
            #"""
            {"events": [
              {"type": "in", "id": 7, "from": "+1", "text": "hé", "at": 1767268800500, "media": [{"url": "https://m/1"}, {}]},
              {"type": "ping"}, {"type": "new"},
              {"type": "report", "tag": "15550001111-r-1", "id": "a", "state": "done"},
              {"type": "report", "id": "b", "sender": "+15550001111", "state": "lost"}]}
            """#
        ).get()
        let inbound = InboundText(
            id: "7", from: "+1", to: "+15550001111", text: "hé", media: [InboundMedia(url: "https://m/1")],
            sentAt: Timestamp(secondsSince1970: 1_767_268_800.5))
        #expect(
            proven.events == [
                .inbound(inbound),
                .status(StatusReport(ref: "r-1", id: "a", number: "+15550001111", state: .delivered)),
                .status(StatusReport(id: "b", number: "+15550001111", state: .failed)),
            ])
        #expect(proven.faults == [])
    }

    @Test("A bad event does not stop the others, and is told")
    func oneBad() throws {
        let proven = try call(
            #"{"events": [{"type": "in", "from": "+1"}, {"type": "report", "id": "b", "state": "done"}]}"#
        ).get()
        #expect(proven.events.count == 1)
        #expect(proven.faults == [.malformed("the id is missing")])
    }

    @Test(
        "A call without events is refused, and so is one with too many, or with bad ones only",
        arguments: [
            "{}", #"{"events": {}}"#, "[]", "x", #"{"events": [{"type": "in"}]}"#,
            "{\"events\": [" + Array(repeating: "{}", count: 501).joined(separator: ",") + "]}",
        ])
    func malformed(body: String) throws {
        guard case .failure(.malformed) = try call(body) else {
            Issue.record("\(try call(body))")
            return
        }
    }

    @Test("An empty list is answered")
    func empty() throws { #expect(try call(#"{"events": []}"#).get().events.isEmpty) }

    @Test(
        "A fault of a case is reported",
        arguments: [
            ("event: ignore", "event: ignored", "cases[3].event"),
            ("\n    cases:", "\n    case:", "hooks.events.cases"),
            ("each: /events", "each: events", "hooks.events.each"), ("body: json", "body: form", "hooks.events.each"),
            ("setting:number", "setting:nummer", "hooks.events.fields"),
            ("{{msg.ref}}", "{{hook.events}}", "send.idempotent"),
            ("id: \"json:/id\", number", "number", "fields.ref"),
            ("media: {each: /media, url", "media: {url", "media.url"),
            ("\"json:/from\"", "\"claim:/from\"", "hooks.events.fields"),
        ])
    func faults(right: String, wrong: String, key: String) throws {
        let whole = Self.text
        let text = whole.replacing("tag: \"{{msg.tag}}\", ", with: "").replacing(
            "  result:", with: "  idempotent: true\n  result:")
        #expect(text.contains(right))
        let (profile, problems) = try Profiles.read(text.replacing(right, with: wrong))
        #expect(profile == nil)
        #expect(problems.contains { $0.contains(key) }, "\(problems)")
    }

    @Test(
        "A message without an answer is sent again only if the provider knows repeats",
        arguments: [(false, HTTPFailure.outcomeUnknown(.timeout)), (true, .outcomeUnknown(.timeout))])
    func idempotent(isRepeatable: Bool, failure: HTTPFailure) throws {
        var text = Self.text
        if isRepeatable { text = text.replacing("  result:", with: "  idempotent: true\n  result:") }
        let (read, problems) = try Profiles.read(text)
        #expect(problems == [])
        let profile = try #require(read)
        let settings = try Profiles.settings(of: profile, "token: t")
        for outcome in [
            profile.outcome(of: HTTPResponse(status: 502), settings: settings),
            .failed(profile.response.repeatable(ProviderLink.failure(for: failure))),
        ] {
            guard case .failed(let failure) = outcome else {
                Issue.record("\(outcome)")
                return
            }
            #expect(failure.kind == (isRepeatable ? .remoteDown : .unknownOutcome))
            #expect((failure.retry == .never) != isRepeatable)
        }
    }

    @Test("An answer of 200 is read: every part must be taken")
    func insideOf200() throws {
        let profile = try #require(try Profiles.read(Self.text).0)
        let settings = try Profiles.settings(of: profile, "token: t")
        let outcome = { (body: String) in
            profile.outcome(of: HTTPResponse(status: 200, body: Array(body.utf8)), settings: settings)
        }
        #expect(outcome(#"{"messages": [{"status": "0", "id": "x"}, {"status": 0}]}"#) == .accepted("x"))
        for body in [
            #"{"messages": [{"status": "0", "id": "x"}, {"status": "9"}]}"#, #"{"messages": []}"#, "", "<html>",
        ] {
            guard case .failed(let failure) = outcome(body) else {
                Issue.record("\(body) is accepted")
                return
            }
            #expect(failure.kind == .unknownOutcome)
        }
    }
}
