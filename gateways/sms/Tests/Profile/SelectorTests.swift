import GatewayKit
import HTTP
import Testing

@testable import SMSAdapter

@Suite("Selectors")
struct SelectorTests {
    private static let received: Received = {
        var received = plain
        received.settings = TemplateValues(["number": "+1555", "empty": ""])
        return received
    }()

    private static let plain = Received(
        status: 201, headers: [("X-Sig", "key=k1, algorithm=HMAC_SHA256")],
        body: Array("Success \"a1-b2\"".utf8),
        query: FormFields(decoding: "ref=r1&t=2026-01-02 03:04:05".utf8) ?? .none,
        form: FormFields(decoding: "Body=hi+there&n=+007&Empty=".utf8) ?? .none,
        json: try? JSONReader.read(
            Array(#"{"id":9007199254740993,"a":[{"b":"x"}],"s/l":{"~":true},"n":null,"e":{"":"v"}}"#.utf8)))

    @Test(
        "A selector finds one value",
        arguments: [
            ("json:/id", "9007199254740993"), ("json:/a/0/b", "x"), ("json:/s~1l/~0", "true"), ("json:/e/", "v"),
            ("form:Body", "hi there"),
            ("form:Empty", ""), ("form:n|trim", "007"), ("form:n|int", "7"), ("query:ref", "r1"),
            ("header:x-sig|param:algorithm", "HMAC_SHA256"), ("http", "201"), ("const:a:b", "a:b"),
            ("text", "Success \"a1-b2\""), ("re:^Success \"(.+)\"$", "a1-b2"), ("re:Succ|never", "Succ"),
            ("query:t|time:yyyy-MM-dd HH:mm:ss,UTC", "1767323045"), ("field:Body", "hi there"), ("field:ref", "r1"),
            ("setting:number", "+1555"), ("form:Body|lower|query", "hi%20there"),
        ])
    func found(selector: String, value: String) throws {
        #expect(try Selector(selector).value(in: Self.received) == value)
    }

    @Test(
        "A value that is missing, or does not have the form of its filter, is absent",
        arguments: [
            "json:/b", "json:/a", "json:/a/1/b", "json:/a/-1/b", "json:/a/00/c", "json:/n", "json:/id/x", "form:ref",
            "query:Body", "header:X-Other", "form:Body|int", "re:^Error", "form:Body|time:yyyy-MM-dd,UTC",
            "header:x-sig|param:algo", "setting:empty", "setting:other", "claim:/id", "json:/id|rfc3339",
        ])
    func absent(selector: String) throws { #expect(try Selector(selector).value(in: Self.received) == nil) }

    @Test(
        "A malformed selector is refused when the profile is read",
        arguments: [
            "", "json:", "json:id", "form", "form:", "cookie:x", "text:x", "form:a|shout", "re:(", "re:*",
            "query:t|time:", "claim:id", "field:", "setting", "json:/a|epoch:1",
            "query:t|time:yyyy-MM-dd", "query:t|time:HH:mm,UTC", "query:t|time:yyyy-QQ-dd,UTC",
        ])
    func refused(selector: String) { #expect(throws: ProfileError.self) { try Selector(selector) } }

    @Test(
        "Times are read strictly",
        arguments: [
            ("1970-01-01 00:00:00", 0), ("2000-02-29 12:00:00", 951_825_600), ("2026-12-31 23:59:59", 1_798_761_599),
            ("2026-13-01 00:00:00", nil), ("2026-01-01 24:00:00", nil), ("2026-1-01 00:00:00", nil),
            ("2026-01-01T00:00:00", nil), ("2026-01-01 00:00:00Z", nil), ("", nil), ("١٩٧٠-01-01 00:00:00", nil),
        ] as [(String, Int?)])
    func times(text: String, seconds: Int?) throws {
        #expect(try TimeFormat("yyyy-MM-dd HH:mm:ss,UTC").secondsSince1970(of: text) == seconds)
    }

    @Test(
        "Times are read as RFC 3339, as seconds, and as milliseconds",
        arguments: [
            ("rfc3339", "2026-01-02T03:04:05Z", "1767323045.0"),
            ("rfc3339", "2026-01-02T03:04:05.5+01:00", "1767319445.5"),
            ("rfc3339", "2026-01-02T03:04:05.500+0100", "1767319445.5"), ("rfc3339", "2026-01-02 03:04:05", nil),
            ("rfc3339", "2026-01-02T03:04:05", nil), ("rfc3339", "+0100", nil), ("epoch", "1767323045", "1767323045.0"),
            ("epoch", "1767323045.25", "1767323045.25"), ("epoch", "-1", nil), ("epoch", "1e300", nil),
            ("epoch", "nan", nil), ("epoch", "soon", nil), ("epoch_ms", "1767323045250", "1767323045.25"),
        ] as [(String, String, String?)])
    func instants(filter: String, text: String, seconds: String?) throws {
        #expect(try ValueFilter(filter).apply(to: text) == seconds)
    }

    @Test("Of several ways to a value, the first that leads to one counts")
    func first() throws {
        let problems = ConfigProblems()
        let reader = try Profiles.reader(
            "a: {first: ['json:/none', 'query:ref']}\nb: {first: ['form:n|int', 'query:ref']}\n"
                + "c: {first: ['json:/none', 'query:ref'], map: {r1: sent}}\nd: {first: []}\ne: {first: ['x']}",
            problems)
        #expect(reader.selector("a")?.value(in: Self.received) == "r1")
        #expect(reader.selector("b")?.value(in: Self.received) == "7")
        #expect(reader.selector("c")?.value(in: Self.received) == "sent")
        #expect(reader.selector("d") == nil && reader.selector("e") == nil)
        #expect(problems.all.map(\.key) == ["d.first", "e.first"])
    }

    @Test("A map translates words; others are absent or the default")
    func map() throws {
        let problems = ConfigProblems()
        let reader = try Profiles.reader(
            "a: {from: 'form:Body', map: {hi there: sent}}\nb: {from: 'form:Body', map: {x: y}}\n"
                + "c: {from: 'form:None', map: {x: y}, default: z}", problems)
        #expect(reader.selector("a")?.value(in: Self.received) == "sent")
        #expect(reader.selector("b")?.value(in: Self.received) == nil)
        #expect(reader.selector("c")?.value(in: Self.received) == "z")
        #expect(problems.all.isEmpty)
    }
}

@Suite("JSON")
struct JSONReaderTests {
    @Test(
        "Texts are read as RFC 8259 says",
        arguments: [
            ("null", JSONValue.null), (" [ ] ", .array([])), ("{}", .object([:])), ("-0.5e+3", .number("-0.5e+3")),
            ("0", .number("0")), (#""a\"\\\/\b\f\n\r\t\u00e9""#, .string("a\"\\/\u{8}\u{C}\n\r\té")),
            (#""\ud83d\ude00""#, .string("😀")), (#""\ud83d!""#, .string("\u{FFFD}!")),
            (#""\ude00""#, .string("\u{FFFD}")),
            (#"{"a":1,"a":2}"#, .object(["a": .number("2")])), ("[true,false]", .array([.bool(true), .bool(false)])),
        ])
    func read(text: String, value: JSONValue) throws { #expect(try JSONReader.read(Array(text.utf8)) == value) }

    @Test(
        "Everything else is refused",
        arguments: [
            "", " ", "nul", "[1,]", "[1 2]", "{\"a\"}", "{a:1}", "{\"a\":1,}", "\"", "\"\\x\"", "\"\\u12\"", "\"\n\"",
            "01",
            "1.", ".5", "+1", "--1", "1e", "[", "{", "[[]", "1 2", "NaN", "Infinity", "'a'", "\"\\u12G4\"", "0x10", "-",
            "{x\":1}", "{\"a\":1 \"b\":2}", "{\"a\" 1}", "nulL", "tru", "truefalse",
        ])
    func refused(text: String) {
        #expect(throws: JSONReader.Problem.malformed) { try JSONReader.read(Array(text.utf8)) }
    }

    @Test("The depth is bounded for any nesting of arrays and objects", arguments: ["[", "{", "[{", "{[["])
    func depth(kinds: String) throws {
        // Makes this number of levels, of arrays and objects in turn, around a number.
        let nested = { (levels: Int) in
            let around = (1..<levels).map { Array(kinds)[$0 % kinds.count] }
            let opening = around.map { $0 == "[" ? "[" : #"{"a":"# }.joined()
            let closing = around.reversed().map { $0 == "[" ? "]" : "}" }.joined()
            return Array((opening + "1" + closing).utf8)
        }
        #expect(throws: JSONReader.Problem.tooDeep) { try JSONReader.read(nested(JSONReader.deepest + 1)) }
        _ = try JSONReader.read(nested(JSONReader.deepest))
        #expect(throws: JSONReader.Problem.tooDeep) { try JSONReader.read(nested(100_000)) }
    }

    @Test("Every prefix of a text is refused, and none crashes the reader")
    func prefixes() throws {
        let text = Array(#"{"a":[1,-2.5e3,"\u00e9\ud83d\ude00",true,null],"b":{"c":""}}"#.utf8)
        _ = try JSONReader.read(text)
        for length in 0..<text.count {
            #expect(throws: JSONReader.Problem.malformed) { try JSONReader.read(Array(text[..<length])) }
        }
    }
}
