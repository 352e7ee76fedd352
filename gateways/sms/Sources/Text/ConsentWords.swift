import GatewayKit

/// The words by which people stop and start the texts of a number, as phone networks know them. A word counts only if
/// it is the whole text.
struct ConsentWords: Sendable {
    /// The meaning of a word. The raw values are used in profiles.
    enum Word: String, Sendable, CaseIterable { case stop, start, help }

    /// The words that carriers of North America and Britain know.
    static let usual: [String: Word] = [
        "stop": .stop, "stopall": .stop, "unsubscribe": .stop, "cancel": .stop, "end": .stop, "quit": .stop,
        "start": .start, "yes": .start, "unstop": .start, "help": .help, "info": .help,
    ]

    /// The words in lower case.
    private let words: [String: Word]
    /// The length of the longest word in bytes, so that longer texts are not looked up.
    private let longest: Int

    init(_ words: [String: Word] = usual) {
        self.words = words
        longest = words.keys.map(\.utf8.count).max() ?? 0
    }

    /// The meaning of a text; nil for an ordinary text. Capitals, spaces and punctuation around the word do not count.
    func word(in text: String) -> Word? {
        guard text.utf8.count <= longest + 16 else { return nil }
        let trimmed = text.drop { !$0.isLetter && !$0.isNumber }
        let end = trimmed.lastIndex { $0.isLetter || $0.isNumber }.map { trimmed.index(after: $0) }
        guard let end else { return nil }
        return words[trimmed[..<end].lowercased()]
    }

    /// Tells a user how a person who has opted out can get texts again.
    static let startHint =
        "You can write again when this person texts START to your number, or when this gateway's operator allows it."
}

extension ConsentWords {
    /// Reads the key `consent` of an `sms` section. Nil if it is off.
    static func read(_ reader: ConfigReader) -> ConsentWords? {
        guard let section = reader.map("consent") else { return ConsentWords() }
        defer { section.finish() }
        var words = usual
        for (key, word) in [("stop-words", Word.stop), ("start-words", .start)] {
            for text in section.strings(key) {
                let known = ConsentWords([text.lowercased(): word])
                let isWord = !text.isEmpty && text.utf8.count <= 32 && known.word(in: text) == word
                if isWord {
                    words[text.lowercased()] = word
                } else {
                    section.report(key, "'\(text)' is no word of up to 32 bytes with a letter or digit at both ends")
                }
            }
        }
        return section.boolean("enabled") ?? true ? ConsentWords(words) : nil
    }
}
