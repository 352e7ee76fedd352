import Testing

@testable import IRCAdapter

struct PlainTextTests {
    @Test(
        "Formatting and control characters are removed, and the text stays",
        arguments: [
            ("plain 🙂 é", "plain 🙂 é"),
            (
                "\u{2}bold\u{2} \u{1D}it\u{1D} \u{1F}un\u{1F} \u{1E}s\u{1E} \u{11}m\u{11} \u{16}r\u{16}\u{F}",
                "bold it un s m r"
            ),
            ("\u{3}4red\u{3} \u{3}04,12both\u{3}", "red both"),
            ("\u{3}4,x \u{3},5y", ",x ,5y"),
            ("\u{3}123", "3"),
            ("\u{3}1,234", "4"),
            ("\u{4}FF00aarest\u{4}", "rest"),
            ("\u{4}FF00aa,00ff00rest", "rest"),
            ("\u{4}FF00xx", "FF00xx"),
            ("a\tb\u{0}\u{1}\u{7}\u{1B}c\u{7F}\u{85}\u{9C}d", "a\tbcd"),
            ("\u{3}", ""),
        ])
    func strips(_ text: String, _ expected: String) { #expect(PlainText.withoutFormatting(text) == expected) }

    @Test("CTCP is distinguished from text, with or without its closing mark")
    func ctcp() throws {
        let action = try #require(CTCP("\u{1}ACTION waves at all\u{1}"))
        #expect(action.command == "ACTION")
        #expect(action.text == "waves at all")
        #expect(CTCP("\u{1}version\u{1}")?.command == "VERSION")
        #expect(CTCP("\u{1}ACTION cut of")?.text == "cut of")
        #expect(CTCP("\u{1}")?.command == "")
        #expect(CTCP("hello \u{1}ACTION\u{1}") == nil)
        #expect(CTCP(CTCP.action("x"))?.text == "x")
        #expect(CTCP.action("").utf8.count == CTCP.actionOverhead)
    }
}
