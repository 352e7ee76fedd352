import Testing

@testable import IRCAdapter

struct PlainPathTests {
    @Test(arguments: ["", " ", "   ", "a", " a ", "plain text, with a full stop.", String(repeating: "x", count: 60)])
    func `Plain text takes the quick path, with the same result as the slow path`(text: String) {
        // A control character, which is removed, forces the slow path.
        let long = TextSplitter.lines(of: text + "\u{1}", budget: 60)
        #expect(TextSplitter.lines(of: text, budget: 60) == long)
        #expect(PlainText.withoutFormatting(text) == PlainText.withoutFormatting(text + "\u{2}"))
    }
}
