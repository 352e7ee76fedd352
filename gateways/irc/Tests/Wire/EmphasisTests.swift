import Testing

@testable import IRCAdapter

struct EmphasisTests {
    @Test(
        "Formatting codes become marks where readers would take them for emphasis, and are dropped elsewhere",
        arguments: [
            ("\u{2}bold\u{2} x", "*bold* x"), ("\u{1D}it\u{1D}", "_it_"), ("a \u{1F}under\u{1F}.", "a _under_."),
            ("\u{1E}no\u{1E} \u{11}code\u{11}", "~no~ `code`"), ("\u{2}all", "*all*"), ("\u{2} a b \u{2}c", " *a b* c"),
            ("\u{2}\u{1D}both\u{F} x", "*_both_* x"), ("\u{2}\u{3}4red\u{3}\u{2} x", "*red* x"),
            ("\u{3}4red\u{3} x", "red x"),
            // Within a word, or around a mark, the codes are dropped.
            ("un\u{2}believ\u{2}able", "unbelievable"), ("\u{2}2*3\u{2}", "2*3"), ("\u{2} \u{2}x", " x"),
            ("\u{2}\u{2}x", "x"),
            // Within grave accents, too, but not around them.
            ("`a \u{2}b\u{2} c`", "`a b c`"), ("\u{2}a `b\u{2} c` d", "a `b c` d"),
            ("\u{2}`a` b\u{2}", "*`a` b*"), ("`a` \u{2}b\u{2}", "`a` *b*"), ("` \u{2}a\u{2} `", "` *a* `"),
            ("``` \u{2}a\u{2}", "``` a"), ("> ```\u{3}4 \u{2}a\u{2}", "> ``` a"),
            ("\u{2}*bold*\u{2}", "*bold*"), ("\u{16}reverse\u{16}", "reverse"),
        ])
    func fromIRC(_ line: String, _ body: String) { #expect(Emphasis.marked(line).text == body) }

    @Test("Marks that codes have become, and marks within codes, are meant as emphasis")
    func meant() {
        #expect(Emphasis.marked("\u{2}a\u{2} b").hasMarks)
        #expect(Emphasis.marked("\u{2}*a*\u{2} b").hasMarks)
        #expect(!Emphasis.marked("\u{3}4a\u{3} *b*").hasMarks)
        #expect(!Emphasis.marked("x\u{2}a\u{2}").hasMarks)
    }

    @Test(
        "Marked parts of a line get codes, and keep their marks",
        arguments: [
            ("*bold* x", "\u{2}*bold*\u{2} x"),
            ("a _it_, ~no~ `x`", "a \u{1D}_it_\u{1D}, \u{1E}~no~\u{1E} \u{11}`x`\u{11}"),
            ("2 * 3 * 4", nil), ("a*b*c", nil), ("* item *", nil), ("__init__", nil), ("*a", nil), ("", nil),
            ("**", nil),
            ("`*x*`", "\u{11}`*x*`\u{11}"), ("``` *x*", nil), (">> ``` *x*", nil), ("a ``` *x*", "a ``` \u{2}*x*\u{2}"),
        ] as [(String, String?)])
    func toIRC(_ body: String, _ line: String?) { #expect(Emphasis.coded(body) == line) }

    @Test("What goes to IRC and comes back is the same", arguments: ["*bold* x", "a _it_ and ~no~", "`x y`"])
    func roundTrip(_ body: String) throws {
        let line = try #require(Emphasis.coded(body))
        #expect(Emphasis.marked(line).text == body && Emphasis.marked(line).hasMarks)
    }
}
