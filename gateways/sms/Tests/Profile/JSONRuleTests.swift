import GatewayKit
import HTTP
import Testing

@testable import SMSAdapter

@Suite("JSON bodies")
struct JSONRuleTests {
    private static let names: Set<String> = ["text", "to", "empty", "flag"]

    private func body(_ yaml: String, _ values: [String: String] = [:]) throws -> String {
        let problems = ConfigProblems()
        let rule = try Profiles.reader(yaml, problems).jsonRule("json", names: Self.names)
        #expect(problems.all.isEmpty, "\(problems.all.map(\.text))")
        let bytes = try #require(rule).body(TemplateValues(values))
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test(
        "Texts, numbers, truth values, lists and objects have the types that the profile gives them",
        arguments: [
            ("{a: \"{{to}}\", b: [\"x\", \"{{to}}\"]}", #"{"a":"15","b":["x","15"]}"#),
            (
                "{a: {integer: \"{{to}}\"}, b: {boolean: \"true\"}, c: {boolean: \"{{empty}}\"}}",
                #"{"a":15,"b":true,"c":false}"#
            ),
            ("{a: {value: \"{{empty}}\", omit_empty: true}, b: 5}", #"{"b":"5"}"#),
            (
                "{a: {integer: {value: \"{{empty}}\", omit_empty: true}}, b: [{value: \"{{empty}}\", omit_empty: true}]}",
                #"{"b":[]}"#
            ),
            ("{a: {if: \"{{flag}}\", then: {b: \"1\"}, else: \"2\"}}", #"{"a":{"b":"1"}}"#),
            ("{a: {if: \"{{empty}}\", then: {b: \"1\"}, else: \"2\"}}", #"{"a":"2"}"#),
            ("{a: {if: \"{{empty}}\", then: {b: \"1\"}}, c: {}}", #"{"c":{}}"#),
            ("{object: {value: \"1\", if: {object: {}}}}", #"{"value":"1","if":{}}"#),
            ("[{a: \"1\"}]", #"[{"a":"1"}]"#),
        ])
    func types(yaml: String, expected: String) throws {
        #expect(try body("json: " + yaml, ["to": "15", "flag": "true"]) == expected)
    }

    @Test(
        "A value can never end its string, whatever it contains",
        arguments: [
            "\",\"to\":\"+19005550000", "\\", "\\\"", "\n\r\t\u{0}\u{1F}\u{7F}", "{{to}}", "\u{2028}😀é", "}]",
            "\\u0022",
        ])
    func injection(text: String) throws {
        let json = try JSONReader.read(
            Array(try body("json: {text: \"{{text}}\", to: \"{{to}}\"}", ["text": text, "to": "15"]).utf8))
        #expect(json == .object(["text": .string(text), "to": .string("15")]))
    }

    @Test(
        "A value that is no whole number refuses the message",
        arguments: ["", "+1", "1.5", "007", "1e3", "1,\"a\":2", "x"])
    func notANumber(text: String) throws {
        #expect(throws: Failure.self) { try body("json: {a: {integer: \"{{text}}\"}}", ["text": text]) }
    }

    @Test(
        "A fault is reported at its key",
        arguments: [
            ("json: {a: \"{{nobody}}\"}", "json.a"), ("json: {a: {value: \"x\", ommit: true}}", "json.a.ommit"),
            ("json: {a: {if: \"x\"}}", "json.a.then"), ("json: {a: {integer: \"{{\"}}", "json.a.integer"),
            ("json: {a: [\"{{nobody}}\"]}", "json.a.item"), ("json:", "json"),
        ])
    func faults(yaml: String, key: String) throws {
        let problems = ConfigProblems()
        _ = try Profiles.reader(yaml, problems).jsonRule("json", names: Self.names)
        #expect(problems.all.map(\.key) == [key], "\(problems.all.map(\.text))")
    }

    @Test("The rule knows the names of all its templates")
    func usedNames() throws {
        let text =
            "json: {a: [{if: \"{{flag}}\", then: {integer: \"{{to}}\"}, else: {value: \"{{text}}\", unless: \"{{empty}}\"}}]}"
        let rule = try Profiles.reader(text).jsonRule("json", names: Self.names)
        #expect(Set(try #require(rule).names) == Self.names)
    }
}
