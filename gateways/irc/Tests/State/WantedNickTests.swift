import Testing

@testable import IRCAdapter

struct WantedNickTests {
    @Test("Valid nicks are those of RFC 2812, and those with letters beyond ASCII")
    func valid() {
        for nick in ["anna", "a1", "[x]", "_", "żółw", "a-b", "^^", "`a|"] {
            #expect(WantedNick.isValid(nick), "\(nick)")
        }
        for nick in [
            "", "1a", "-a", "a b", "a,b", "a:b", "a!b", "a@b", "#a", "a\n", "a\r\nQUIT", "é\u{2028}",
            String(repeating: "a", count: 65),
        ] {
            #expect(!WantedNick.isValid(nick), "\(nick)")
        }
    }

    @Test("Any name can be made into a nick")
    func suggestion() {
        #expect(WantedNick.suggestion(from: "anna").name == "anna")
        #expect(WantedNick.suggestion(from: "anna.smith").name == "anna_smith")
        #expect(WantedNick.suggestion(from: "42").name == "_42")
        #expect(WantedNick.suggestion(from: "").name == "guest")
        #expect(WantedNick.suggestion(from: "...").name == "guest")
        #expect(WantedNick.isValid(WantedNick.suggestion(from: "a\r\nb c").name))
    }
}
