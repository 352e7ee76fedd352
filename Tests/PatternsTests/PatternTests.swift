import Testing

@testable import Patterns

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
            ("(a|ab)(c|bcd)", "abcd", "a"), ("()b", "ab", ""), ("a|(b)", "a", ""), ("a{2,3}", "baaaa", "aaa"),
            ("(?i)ok", "it is OK", "OK"), ("(?:a|b)(c)", "bc", "c"), ("a$", "a\n", nil), ("\\p{Lu}", "aÄ", "Ä"),
            ("é", "e\u{301}é", "é"),
        ] as [(String, String, String?)])
    func match(pattern: String, text: String, found: String?) throws {
        #expect(try Pattern(pattern).firstMatch(in: text) == found)
    }

    @Test(
        "A malformed pattern is refused",
        arguments: [
            "(", ")", "[", "[a", "*", "+a", "a|*", "\\", "\\q", "[z-a]", "a)b", "x(?<", "(?=a)", "\\1", "a{1001}",
        ])
    func refused(pattern: String) { #expect(throws: PatternError.self) { try Pattern(pattern) } }

    @Test(
        "A pattern on which backtracking engines hang takes time linear in the text", .timeLimit(.minutes(1)))
    func linear() throws {
        let text = String(repeating: "a", count: 2_000)
        #expect(try Pattern("(a*)*b").firstMatch(in: text) == nil)
        #expect(try Pattern("^((a|a)*|aa)+$").firstMatch(in: text) != nil)
    }

    @Test("The reason is in the error")
    func reason() {
        #expect(throws: PatternError("is not a regular expression (RE2): missing ): (a")) { try Pattern("(a") }
    }

    @Test(
        "The length and the memory of a pattern are bounded", .timeLimit(.minutes(1)),
        arguments: [
            String(repeating: "a", count: Pattern.longestSource + 1), String(repeating: "|", count: 1_000_000),
            "((a{100}){100}){100}", "(((x{30}){30}){30}){30}", String(repeating: "(\\pL{900})", count: 100),
        ])
    func bounds(source: String) { #expect(throws: PatternError.self) { try Pattern(source) } }

    @Test("Only the beginning of a long text is searched, even if it ends within a character")
    func longText() throws {
        let text = String(repeating: "é", count: Pattern.longestText)
        #expect(try Pattern("x").matches(text + "x") == false)
        #expect(try Pattern("x").matches(String(text.prefix(Pattern.longestText / 2 - 1)) + "xé"))
        #expect(try #require(Pattern("^é*").firstMatch(in: "a" + text)) == "")
        #expect(try #require(Pattern("aé*").firstMatch(in: "a" + text)).count == Pattern.longestText / 2)
    }

    @Test("A pattern that is copied outlives the first copy")
    func copies() throws {
        var pattern: Pattern? = try Pattern("a+")
        let copy = try #require(pattern)
        pattern = nil
        #expect(copy.firstMatch(in: "baa") == "aa")
        #expect(try copy == Pattern("a+") && copy != Pattern("a*"))
    }
}
