import Testing

@testable import IRCAdapter

struct TextSplitterTests {
    @Test("Every line break makes a line, and blank lines are dropped")
    func lineBreaks() {
        let text = "a\nb\r\nc\rd\n\n  \n\u{2028}e\u{85}f\n"
        #expect(TextSplitter.lines(of: text, budget: 100) == ["a", "b", "c", "d", "e", "f"])
        #expect(TextSplitter.lines(of: " \n\t\r\n", budget: 100).isEmpty)
        #expect(TextSplitter.lines(of: "", budget: 100).isEmpty)
    }

    @Test("The parts of a batch keep blank lines between others, and all spaces", arguments: [8, 9, 31, 400])
    func parts(budget: Int) {
        let text = "one\r\n\n  two three  four five six seven\u{1}eight \n日本語日本語日本語日本語日本語\n \nend"
        let parts = TextSplitter.parts(of: "\n \n" + text + "\n\n", budget: budget) { $0 }
        #expect(parts.allSatisfy { $0.text.utf8.count <= budget })
        let whole = parts.enumerated().map { $0 == 0 || $1.continues ? $1.text : "\n" + $1.text }.joined()
        #expect(whole == "one\n\n  two three  four five six seveneight \n日本語日本語日本語日本語日本語\n\nend")
        #expect(parts.first?.continues == false && parts.allSatisfy { !$0.continues || !$0.text.isEmpty })
        #expect(TextSplitter.parts(of: "\n \n", budget: budget) { $0 }.isEmpty)
    }

    @Test("Control characters are removed, so that a text cannot look like CTCP")
    func controls() { #expect(TextSplitter.lines(of: "\u{1}DCC\u{0} x\ty\u{1}", budget: 100) == ["DCC x\ty"]) }

    @Test("A long line is cut at a space, if there is one in its second half")
    func words() {
        #expect(TextSplitter.lines(of: "one two three four", budget: 10) == ["one two", "three four"])
        #expect(TextSplitter.lines(of: "a bbbbbbbbbbbbbb", budget: 10) == ["a bbbbbbbb", "bbbbbb"])
        #expect(TextSplitter.lines(of: "0123456789 next", budget: 10) == ["0123456789", "next"])
    }

    @Test("Characters stay whole, unless one alone is too long")
    func characters() {
        #expect(TextSplitter.lines(of: "éééééé", budget: 9) == ["éééé", "éé"])
        let family = "👩‍👩‍👧"
        #expect(TextSplitter.lines(of: "aaaaaaaaaa" + family, budget: 20) == ["aaaaaaaaaa", family])
        let stacked = "e" + String(repeating: "\u{301}", count: 20)
        let pieces = TextSplitter.lines(of: stacked, budget: 10)
        #expect(pieces.joined().utf8.elementsEqual(stacked.utf8))
        #expect(pieces.allSatisfy { $0.utf8.count <= 10 })
    }

    @Test("No piece is longer than the budget, and nothing but spaces at the cuts is lost", arguments: [8, 9, 31, 400])
    func budgets(_ budget: Int) {
        let text = String(repeating: "wörd 🙂 longerword日本語日本語 x ", count: 40)
        let pieces = TextSplitter.lines(of: text, budget: budget)
        #expect(pieces.allSatisfy { $0.utf8.count <= budget && !$0.isEmpty })
        func letters(_ text: String) -> String { text.filter { $0 != " " } }
        #expect(letters(pieces.joined()) == letters(text))
    }
}
