/// Texts that often break programs. Tests use them as names, passwords, messages and every other text from outside.
package enum HostileText {
    /// Texts with CR, LF or NUL, which end a line or a string in many protocols. No name and no password may contain
    /// them.
    package static let lineBreakers = ["a\r\nb", "a\nb", "a\rb", "a\0b", "\r\n", "\0", "bob\r\nQUIT :bye"]

    /// A text of 3,000 bytes: longer than any localpart, resource or login field may be.
    package static let overlong = String(repeating: "a", count: 3000)

    /// All hostile texts, those above included.
    package static let all: [String] =
        lineBreakers + [
            overlong, String(repeating: "😀", count: 750), "", " ", "a b", " a", "a ", "%", "@", "%@%", "a%b%c",
            "user@host",
            "#", "##", "#%", "&", "+", "+0", "+1", "++", "*", "!", ":", ":a", ",", "a,b", "/", "a/b", "\\", "\\40",
            "\\5c40",
            "'\"<>&", "../..", "{{settings.password}}", "%s%n", "$(id)", "'; DROP TABLE accounts; --", "😀", "👩‍👩‍👧", "שלום",
            "\u{202E}abc", "\u{200B}", "\u{FEFF}a", "\u{FFFD}", "\u{1}", "\u{7F}", "\u{85}", "\u{2028}", "e\u{301}",
            "é", "İ",
            "ß", "ﬁ", "K", "²", "١٢٣", "\u{10FFFF}",
        ]

    /// The text for the output of a test: cut to 24 characters, with escaped control characters.
    package static func shown(_ text: String) -> String {
        let escaped = text.prefix(24).unicodeScalars.map { $0.escaped(asASCII: true) }.joined()
        return text.utf8.count > 24 ? "'\(escaped)…' (\(text.utf8.count) bytes)" : "'\(escaped)'"
    }
}
