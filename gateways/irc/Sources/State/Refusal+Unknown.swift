import Basics
import GatewayKit

/// Error replies without a row in the tables.
extension Refusal {
    /// Numerics from 400 on that inform and refuse nothing: watch lists (6xx), answers about a person (671), help,
    /// lists of channels, monitoring (73x), challenges, and login (9xx).
    static let informing: Set<Int> = Set(
        Array(598...619) + [630, 631, 640, 641, 670, 671, 672, 674, 687, 690] + Array(702...706) + [709, 710, 711]
            + Array(717...722) + Array(724...733) + [740, 741, 750, 751] + Array(760...762) + Array(770...774)
            + [802, 803, 900, 901, 903, 940, 941] + Array(948...954) + [960, 961])

    /// The failure for an error reply that the tables do not explain.
    static func unknown(_ parameters: [String]) -> Failure {
        Failure(.forbidden, "The network refused this." + serverWords(parameters))
    }

    /// All parameters of an error reply after our nick, as a text for the user: the names, then the sentence. Nil if
    /// there are none.
    static func words(_ parameters: [String]) -> String? {
        let shown = parameters.dropFirst().map { PlainText.withoutFormatting($0).clipped(toBytes: 300) }
        let parts = shown.filter { !$0.isEmpty }
        guard let last = parts.last else { return nil }
        let names = parts.dropLast().joined(separator: " ").clipped(toBytes: 300)
        return names.isEmpty ? last : "\(names): \(last)"
    }

    /// The end of a failure's text: the words of the server, or nothing.
    static func serverWords(_ parameters: [String]) -> String {
        words(parameters).map { " The network says: \($0)" } ?? ""
    }
}

/// The names in the text of a reply or notice of the server, by which it can name a request.
struct NamesInText {
    private let words: [Substring]

    init(_ text: String) {
        // Punctuation around a name is removed: "(#quay)", "#quay:", "'anna'".
        words = text.split(separator: " ").prefix(100).map { word in
            word.drop { "([\"'*<".contains($0) }.trimmingSuffix { ".,:;!?)]\"'*>".contains($0) }
        }
    }

    /// Whether one of the words is the name, by the server's case mapping.
    func contain(_ name: FoldedName, fold: (String) -> FoldedName) -> Bool {
        words.contains { $0.utf8.count == name.text.utf8.count && fold(String($0)) == name }
    }

    /// Whether the text says that something was not done. A notice has no numeric, so only its words can tell that.
    static func refuse(_ text: String) -> Bool {
        let text = text.lowercased()
        return [
            "cannot", "can't", "could not", "not allowed", "not permitted", "may not", "denied", "refused",
            "rejected", "blocked", "prohibited", "not sent", "not delivered", "was not", "banned", "must be",
        ].contains { text.contains($0) }
    }
}

extension Substring {
    fileprivate func trimmingSuffix(_ isTrimmed: (Character) -> Bool) -> Substring {
        var rest = self
        while let last = rest.last, isTrimmed(last) { rest.removeLast() }
        return rest
    }
}
