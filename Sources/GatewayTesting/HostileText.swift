/// Texts that have broken programs before. For names, passwords, messages: everything that comes from outside.
package enum HostileText {
    /// With control characters that end a line or a string somewhere. Never to be part of a name or a password.
    package static let lineBreakers = ["a\r\nb", "a\nb", "a\rb", "a\0b", "\r\n", "\0", "bob\r\nQUIT :bye"]

    /// Longer than any localpart, resource or field may be: 3,000 bytes.
    package static let overlong = String(repeating: "a", count: 3000)

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

    /// Fit for a message of a test: shortened, control characters made visible.
    package static func shown(_ text: String) -> String {
        let escaped = text.prefix(24).unicodeScalars.map { $0.escaped(asASCII: true) }.joined()
        return text.utf8.count > 24 ? "'\(escaped)…' (\(text.utf8.count) bytes)" : "'\(escaped)'"
    }
}
