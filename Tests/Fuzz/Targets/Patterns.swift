import GatewayKit

@testable import SMSAdapter

/// A pattern of a provider profile, and behind the first line feed a text, which is repeated up to the longest one that
/// is looked at.
///
/// Time is linear in the text, whatever the pattern is (libFuzzer's time-out is the bound); what is found is a part of
/// the text.
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
