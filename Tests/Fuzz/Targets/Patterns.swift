import GatewayKit
import Patterns

@testable import SMSAdapter

/// Input: a pattern of a provider profile, and after the first line feed a text. The text is repeated up to the
/// greatest length that patterns search.
///
/// Rules: The time is linear in the length of the text for every pattern (libFuzzer's time-out checks this). A match is
/// a part of the text.
extension FuzzTarget {
    static let pattern = FuzzTarget(name: "pattern") { bytes in
        let lines = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 1, omittingEmptySubsequences: false)
        let source = String(decoding: lines.first ?? [], as: UTF8.self)
        guard let pattern = try? Pattern(source) else { return }
        let text = lines.count > 1 ? String(decoding: lines[1], as: UTF8.self) : ""
        check(pattern, text)
        guard !text.isEmpty, text.utf8.count <= Pattern.longestText else { return }
        check(pattern, String(repeating: text, count: Pattern.longestText / text.utf8.count))
    }

    private static func check(_ pattern: Pattern, _ text: String) {
        let found = pattern.firstMatch(in: text)
        require(pattern.matches(text) == (found != nil), "\(pattern.source) matches and does not match")
        guard let found else { return }
        let scalars = Array(text.unicodeScalars)
        let part = Array(found.unicodeScalars)
        require(part.isEmpty || scalars.contains(part), "\(found) is no part of the text")
    }
}
