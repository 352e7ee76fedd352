/// One line from an IRC server, split into its parts (RFC 1459 §2.3.1). The message tags of IRCv3 stay text.
package struct IRCLine: Sendable, CustomStringConvertible {
    package let text: String
    package let tags: String
    /// The source of the line: a nick or server name, without `!user@host`.
    package let source: String
    /// The command in upper case, or the three digits of a numeric.
    package let command: String
    package let parameters: [String]

    package init(_ text: String) {
        self.text = text
        var rest = text[...]
        tags = Self.word(after: "@", in: &rest)
        source = String(Self.word(after: ":", in: &rest).prefix { $0 != "!" })
        var words: [String] = []
        while !rest.isEmpty {
            if rest.first == ":" {
                words.append(String(rest.dropFirst()))
                break
            }
            let word = rest.prefix { $0 != " " }
            rest = rest.dropFirst(word.count).drop { $0 == " " }
            words.append(String(word))
        }
        command = words.first?.uppercased() ?? ""
        parameters = Array(words.dropFirst())
    }

    package var description: String { text }

    /// The last parameter: the text of a message, a reason or a topic.
    package var last: String { parameters.last ?? "" }

    /// The n-th parameter, or an empty text.
    package subscript(index: Int) -> String { index < parameters.count ? parameters[index] : "" }

    /// The value of a tag as it stands in the line, with its escapes; nil if the tag is not there.
    package func tag(_ name: String) -> String? {
        for tag in tags.split(separator: ";") {
            let parts = tag.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts[0] == name { return parts.count > 1 ? String(parts[1]) : "" }
        }
        return nil
    }

    private static func word(after mark: Character, in rest: inout Substring) -> String {
        guard rest.first == mark else { return "" }
        let word = rest.dropFirst().prefix { $0 != " " }
        rest = rest.dropFirst(word.count + 1).drop { $0 == " " }
        return String(word)
    }
}
