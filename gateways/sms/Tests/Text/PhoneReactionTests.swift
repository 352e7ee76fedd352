import GatewayKit
import Testing

@testable import SMSAdapter

@Suite("Reactions that phones send as texts")
struct PhoneReactionTests {
    @Test(
        "The words of English phones are understood",
        arguments: [
            ("Liked “See you”", "See you", "👍"), ("Loved \"See you\"", "See you", "❤️"), ("Disliked “x”", "x", "👎"),
            ("Laughed at “x”", "x", "😂"), ("Emphasized “x”", "x", "‼️"), ("Emphasised “x”", "x", "‼️"),
            ("Questioned “x”", "x", "❓"), ("Reacted 😂 to “x”", "x", "😂"), ("Reacted 👩‍🚀 to \"x\"", "x", "👩‍🚀"),
            ("Liked “say “hi” now”", "say “hi” now", "👍"), ("Liked \"a \"b\" c\"", "a \"b\" c", "👍"),
            ("Liked “two\nlines”", "two\nlines", "👍"), ("👍 to “x”", "x", "👍"),
            ("\u{200B}👍\u{200B} to “\u{200B}x\u{200B}”", "x", "👍"), ("❤️ to “ x ”", "x", "❤️"),
            ("Removed a heart from “x”", "x", nil), ("Removed an exclamation from “x”", "x", nil),
            ("Removed 😂 from “x”", "x", nil), ("👍 removed from “x”", "x", nil),
        ])
    func read(text: String, quote: String, emoji: String?) {
        #expect(PhoneReaction.read(text) == TextReaction(to: quote, emoji))
    }

    @Test(
        "Other texts are texts",
        arguments: [
            "", "Liked it", "Liked “”", "Liked “ ”", "Liked “x", "Liked x”", "liked “x”", "I Liked “x”", "Liked “x”!",
            "\"x\"", "“x”", "Reacted to “x”", "Reacted 1 to “x”", "Reacted ab to “x”", "Reacted 😂😂 to “x”", "2 to “x”",
            "She said “x”", "Removed a hat from “x”", "Removed from “x”", "Liked an image", "\"", "”", "Liked \"",
        ])
    func others(text: String) { #expect(PhoneReaction.read(text) == nil) }
}
