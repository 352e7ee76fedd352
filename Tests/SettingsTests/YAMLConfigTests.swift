import GatewayKit
import Testing

@testable import Settings

@Suite struct YAMLConfigTests {
    /// Writes a node as text: `scalar`, `~`, `[a, b]`, `{key: value}`, each with `@line:column` if asked for.
    private func show(_ node: ConfigNode, places: Bool = false) -> String {
        let place = places ? "@\(node.place.line):\(node.place.column)" : ""
        switch node.value {
        case .scalar(let text): return "\(text)\(place)"
        case .null: return "~\(place)"
        case .list(let items): return "[" + items.map { show($0, places: places) }.joined(separator: ", ") + "]\(place)"
        case .map(let entries):
            let pairs = entries.map { entry in
                let key = places ? "\(entry.key)@\(entry.keyPlace.line):\(entry.keyPlace.column)" : entry.key
                return "\(key): \(show(entry.value, places: places))"
            }
            return "{" + pairs.joined(separator: ", ") + "}\(place)"
        }
    }

    private func problem(_ text: String) -> String? {
        do {
            _ = try YAMLConfig.node(from: text, file: "f")
            return nil
        } catch {
            return error.line
        }
    }

    @Test(
        "Scalars keep their spelling, and only a plain null is null",
        arguments: [
            ("", "~"), ("# nothing", "~"), ("~", "~"), ("null", "~"), ("'null'", "null"), ("\"~\"", "~"), ("''", ""),
            ("0x10", "0x10"), ("1_000", "1_000"), ("007", "007"), ("yes", "yes"), ("+15550100", "+15550100"),
            ("1.50", "1.50"), ("!!str 5", "5"), ("{a: , b: ~, c: ''}", "{a: ~, b: ~, c: }"),
            ("[1, [2], {x: 3}]", "[1, [2], {x: 3}]"), ("|\n a\n b", "a\nb"), ("{5: x, true: y}", "{5: x, true: y}"),
            ("🌊: ü", "{🌊: ü}"), ("2026-11-21", "2026-11-21"), ("a: =", "{a: =}"), ("a: ! 5", "{a: 5}"),
        ])
    func scalars(text: String, shown: String) throws {
        #expect(show(try YAMLConfig.node(from: text, file: "f")) == shown)
    }

    @Test("Quoted words that look like null are words")
    func quotedNull() throws {
        let node = try YAMLConfig.node(from: "['~', \"null\", ~]", file: "f")
        guard case .list(let items) = node.value, case .scalar = items[0].value, case .scalar = items[1].value,
            case .null = items[2].value
        else {
            Issue.record("\(node)")
            return
        }
    }

    @Test("Every value knows its place")
    func places() throws {
        let text = """
            a: 1
            b:
              - x
              - {c: "ü", d: y}
            """
        #expect(
            show(try YAMLConfig.node(from: text, file: "f"), places: true)
                == "{a@1:1: 1@1:4, b@2:1: [x@3:5, {c@4:6: ü@4:9, d@4:14: y@4:17}@4:5]@3:3}@1:1")
    }

    @Test("An alias stands for what its anchor names")
    func aliases() throws {
        let node = try YAMLConfig.node(from: "a: &x {k: [1]}\nb: *x", file: "f")
        #expect(show(node) == "{a: {k: [1]}, b: {k: [1]}}")
    }

    @Test(
        "Anything but plain YAML is refused with its place",
        arguments: [
            ("\na: [1", "f:3:1: error: not valid YAML: while parsing a flow sequence that begins on line 2, "),
            ("a: b: c", "f:1:5: error: not valid YAML: "),
            ("a:\n\t- b", "f:2:1: error: not valid YAML: "), ("a: *none", "f:1:4: error: not valid YAML: "),
            ("a: 1\nb: 2\na: 3", "f:1:1: error: a: this key stands in its map more than once"),
            ("x: {5: a, '5': b}", "f:1:11: error: x.5: this key stands here twice"),
            ("a: 1\n---\nb: 2", "f:2:1: error: not valid YAML: "),
            ("a: !env SECRET", "f:1:4: error: a: YAML tags such as !env mean nothing here"),
            ("a: !!binary aGk=", "f:1:4: error: a: YAML tags such as "),
            ("a: &x {k: 1}\nb: {<<: *x}", "f:2:5: error: b: a key must be a plain word"),
            (
                "a: {{x}}",
                "f:1:5: error: a: quote it: a text that begins with '{{' must stand in quotes, as in \"{{name}}\""
            ),
            (
                "a: {{x}}/y\nb: 1",
                "f:1:4: error: quote it: a text that begins with '{{' must stand in quotes, as in \"{{name}}\""
            ),
            ("? [1, 2]\n: x", "f:1:3: error: a key must be a plain word"),
            ("a: \u{7}", "f:1:4: error: not valid YAML: "),
            ("ü: 1\nb: \u{1}", "f:2:4: error: not valid YAML: "),
        ])
    func refused(text: String, start: String) {
        let line = problem(text) ?? "nothing was refused"
        #expect(line.hasPrefix(start), "\(line)")
        #expect(!line.contains("\n"))
    }

    @Test("Nesting is bounded, however it is written", arguments: [33, 900, 1_100, 100_000])
    func deep(levels: Int) {
        #expect(problem(String(repeating: "[", count: levels) + String(repeating: "]", count: levels)) != nil)
        #expect(problem(String(repeating: "[", count: levels)) != nil)
    }

    @Test("Thirty-two levels are fine")
    func deepEnough() {
        #expect(problem(String(repeating: "[", count: 32) + String(repeating: "]", count: 32)) == nil)
    }

    @Test("A small file cannot unfold into a large tree")
    func bomb() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            let names = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(names)]\n"
        }
        #expect(problem(text)?.contains("too many values") == true)
    }

    @Test("A text over 1 MiB is refused")
    func long() {
        #expect(problem(String(repeating: "#", count: 1 << 20)) == nil)
        #expect(problem(String(repeating: "#", count: (1 << 20) + 1)) == "f:1:1: error: longer than 1048576 bytes")
    }
}
