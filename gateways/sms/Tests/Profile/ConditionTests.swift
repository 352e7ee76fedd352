import GatewayKit
import HTTP
import Testing

@testable import SMSAdapter

@Suite("Conditions")
struct ConditionTests {
    private static let answer = Received(
        HTTPResponse(
            status: 200, headers: [("X-Kind", "a")],
            body: Array(#"{"s":"ok","n":null,"m":[{"status":"0","id":"a"},{"status":"1"}],"e":[]}"#.utf8)))

    @Test(
        "A condition asks for values inside of an answer",
        arguments: [
            ("{http: 200}", true), ("{http: [201, 202]}", false), ("{text: 're:\"ok\"'}", true),
            ("{json: /s, in: [ok, fine]}", true), ("{json: /s, in: [no]}", false),
            ("{json: /s, matches: 're:^o'}", true),
            ("{json: /s, exists: true}", true), ("{json: /n, exists: true}", false),
            ("{json: /m, exists: true}", true), ("{json: /e, exists: true}", true),
            ("{json: /m/0, exists: false}", false),
            ("{value: text, exists: true}", true),
            ("{json: /x, exists: false}", true),
            ("{value: \"header:x-kind\", in: a}", true), ("{not: {http: 200}}", false),
            ("{http: 200, json: /s, in: no}", false), ("{any: [{http: 500}, {json: /s, in: ok}]}", true),
            ("{any: [{http: 500}]}", false), ("{all: [{http: 200}, {http: 201}]}", false),
            ("{all: [{http: 200}, {not: {http: 201}}]}", true),
            ("{every: /m, is: {json: /status, in: [\"0\"]}}", false),
            ("{every: /m, is: {json: /status, in: [\"0\", \"1\"]}}", true),
            ("{every: /m, is: {json: /id, exists: true}}", false),
            ("{some: /m, is: {json: /status, in: [\"1\"]}}", true),
            ("{some: /m, is: {json: /status, in: [\"2\"]}}", false),
            // Nothing is no reason to believe that all is well.
            ("{every: /e, is: {http: 200}}", false), ("{every: /x, is: {http: 200}}", false),
            ("{some: /e, is: {http: 200}}", false), ("{every: /s, is: {http: 200}}", false),
        ])
    func holds(text: String, expected: Bool) throws {
        let problems = ConfigProblems()
        let condition = try #require(try Profiles.reader("c: " + text, problems).condition("c"))
        #expect(problems.all.isEmpty, "\(problems.all.map(\.text))")
        #expect(condition.holds(Self.answer) == expected)
    }

    @Test(
        "A condition that says nothing, or that is not clear, is reported once",
        arguments: [
            ("{}", "c"), ("{json: /s}", "c.json"), ("{json: s, in: a}", "c.json"), ("{in: a}", "c.in"),
            ("{json: /s, in: a, exists: true}", "c.json"), ("{every: /m}", "c.is"), ("{http: 200, htpp: 1}", "c.htpp"),
            ("{json: /s, value: text, in: a}", "c.json"), ("{value: \"x\", in: a}", "c.value"),
        ])
    func unclear(text: String, key: String) throws {
        let problems = ConfigProblems()
        _ = try Profiles.reader("c: " + text, problems).condition("c")
        #expect(problems.all.contains { $0.key == key }, "\(problems.all.map { "\($0.key): \($0.text)" })")
    }

    @Test("The whole body can be a list")
    func root() throws {
        let condition = try Profiles.reader("c: {every: /, is: {json: /a, in: [\"1\"]}}").condition("c")
        let list = Received(HTTPResponse(status: 200, body: Array(#"[{"a":1},{"a":"1"}]"#.utf8)))
        #expect(try #require(condition).holds(list))
    }
}
