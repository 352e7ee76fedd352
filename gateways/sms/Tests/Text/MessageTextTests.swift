import Testing

@testable import SMSAdapter

@Suite("Characters of outbound and inbound texts")
struct MessageTextTests {
    @Test(
        "Outbound texts are composed, and have LF as their line ends",
        arguments: [
            ("e\u{301}", "\u{E9}"), ("Z\u{30C}lut\u{30C}", "\u{17D}lu\u{165}"), ("plain", "plain"),
            ("a\r\nb\rc\nd", "a\nb\nc\nd"), ("", ""),
        ])
    func outbound(text: String, expected: String) {
        #expect(Array(MessageText.outbound(text).unicodeScalars) == Array(expected.unicodeScalars))
    }

    @Test(
        "In inbound texts, characters that XML forbids become U+FFFD, and all others stay",
        arguments: [
            ("a\u{0}b\u{1}\u{1B}c", "a\u{FFFD}b\u{FFFD}\u{FFFD}c"), ("tab\tline\n", "tab\tline\n"),
            ("\u{FFFE}\u{FFFF}", "\u{FFFD}\u{FFFD}"), ("\u{85}\u{7F}😀", "\u{85}\u{7F}😀"), ("a\r\nb\r", "a\nb\n"),
            ("e\u{301}", "e\u{301}"),
        ])
    func inbound(text: String, expected: String) {
        #expect(Array(MessageText.inbound(text).unicodeScalars) == Array(expected.unicodeScalars))
    }
}
