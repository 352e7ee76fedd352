import Basics
import GatewayKit

/// Reads the texts that phones send to people without their chat service in place of a reaction.
///
/// The words are those of English phones: `Liked “…”`, `Reacted 😂 to “…”`, `Removed a heart from “…”` and `👍 to “…”`.
enum PhoneReaction {
    private static let verbs = [
        ("Loved ", "❤️"), ("Liked ", "👍"), ("Disliked ", "👎"), ("Laughed at ", "😂"), ("Emphasized ", "‼️"),
        ("Emphasised ", "‼️"), ("Questioned ", "❓"),
    ]
    private static let removed: Set = [
        "a heart", "a like", "a dislike", "a laugh", "an exclamation", "a question mark",
    ]
    /// The longest text that is read, in bytes: a quotation of the longest message.
    private static let longest = 8_192

    /// The reaction that a text means; nil if it is a text like any other.
    static func read(_ text: String) -> TextReaction? {
        // Every inbound text comes here, so the last byte decides first.
        guard let last = text.utf8.last, last == UInt8(ascii: "\"") || last == 0x9D || last == 0x8B,
            text.utf8.count <= longest, let (start, quote) = split(text)
        else { return nil }
        if let verb = verbs.first(where: { start == $0.0 }) { return TextReaction(to: quote, verb.1) }
        let words = String(start.unicodeScalars.filter { !invisible.contains($0.value) }).trimmed
        if let emoji = emoji(in: words, after: "Reacted ", before: " to") { return TextReaction(to: quote, emoji) }
        if let emoji = emoji(in: words, after: "", before: " to") { return TextReaction(to: quote, emoji) }
        if let what = inner(words, after: "Removed ", before: " from"), removed.contains(what) || isEmoji(what) {
            return TextReaction(to: quote, nil)
        }
        if emoji(in: words, after: "", before: " removed from") != nil { return TextReaction(to: quote, nil) }
        return nil
    }

    /// Spaces without width, with which some phones surround the emoji and the quotation.
    private static let invisible: Set<UInt32> = [0x200A, 0x200B, 0x2060, 0xFEFF]

    /// The words before the quotation, and the quotation. Nil unless the text ends with it.
    private static func split(_ text: String) -> (start: String, quote: String)? {
        let whole = String(text.unicodeScalars.filter { !invisible.contains($0.value) })
        for (open, close) in [("“", "”"), ("\"", "\"")] {
            guard whole.hasSuffix(close), let place = whole.firstRange(of: open) else { continue }
            let rest = whole[place.upperBound...]
            guard rest.count > 1 else { continue }
            let quote = rest.dropLast().trimmed
            if !quote.isEmpty { return (String(whole[..<place.lowerBound]), quote) }
        }
        return nil
    }

    private static func emoji(in words: String, after start: String, before end: String) -> String? {
        inner(words, after: start, before: end).flatMap { isEmoji($0) ? $0 : nil }
    }

    private static func inner(_ words: String, after start: String, before end: String) -> String? {
        guard words.hasPrefix(start), words.hasSuffix(end), words.utf8.count > start.utf8.count + end.utf8.count else {
            return nil
        }
        return words.dropFirst(start.count).dropLast(end.count).trimmed
    }

    /// Whether a text is one emoji. Digits and `#` are emoji by Unicode, but nobody means them.
    private static func isEmoji(_ text: String) -> Bool {
        guard text.count == 1, text.utf8.count <= 64, let first = text.unicodeScalars.first else { return false }
        return first.properties.isEmoji && first.value > 0xFF
    }
}
