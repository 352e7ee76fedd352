import Testing

@testable import SMSAdapter

@Suite("Patterns")
struct PatternTests {
    @Test(
        "A pattern finds its first match, and the first group of it",
        arguments: [
            ("^[03]:", "0: Accepted", "0:"), ("receiver|Number", "bad Number", "Number"), ("a*", "baaa", ""),
            ("a+", "baaa", "aaa"), ("(a+)b", "aaab", "aaa"), ("colou?r", "my color", "color"), ("^$", "", ""),
            ("id=(\\d+)", "x id=42;", "42"), ("[^ ]+$", "a bc", "bc"), ("(ab|cd)+", "abcdab!", "ab"),
            ("^b", "ab", nil), ("a$", "ab", nil), (".", "\n", nil), ("\\.", "a.b", "."),
            ("[a\\]-]+", "x]-a", "]-a"), ("[\\w-]+", "é-x_1", "-x_1"), ("\\S+", " ü ", "ü"), ("ž.", "už!", "ž!"),
            ("(a|ab)(c|bcd)", "abcd", "a"), ("()b", "ab", ""),
        ] as [(String, String, String?)])
    func match(pattern: String, text: String, found: String?) throws {
        #expect(try Pattern(pattern).firstMatch(in: text) == found)
    }

    @Test(
        "A text that is not a pattern is refused",
        arguments: ["(", ")", "[", "[a", "*", "+a", "a|*", "\\", "\\q", "[z-a]", "a)b", "x(?)"])
    func refused(pattern: String) { #expect(throws: ProfileError.self) { try Pattern(pattern) } }

    @Test(
        "A pattern that makes backtracking engines stand still takes time linear in the text", .timeLimit(.minutes(1)))
    func linear() throws {
        let text = String(repeating: "a", count: 2_000)
        #expect(try Pattern("(a*)*b").firstMatch(in: text) == nil)
        #expect(try Pattern("^((a|a)*|aa)+$").firstMatch(in: text) != nil)
    }

    @Test("A pattern and its nesting are bounded")
    func bounds() {
        #expect(throws: ProfileError.self) { try Pattern(String(repeating: "a", count: 2000)) }
        #expect(throws: ProfileError.self) {
            try Pattern(String(repeating: "(", count: 50) + String(repeating: ")", count: 50))
        }
    }

    @Test("Empty alternatives are bounded too", .timeLimit(.minutes(1)))
    func emptyAlternatives() {
        #expect(throws: ProfileError.self) { try Pattern(String(repeating: "|", count: 1_000_000)) }
    }
}
