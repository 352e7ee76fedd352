/// The tags of a line (IRCv3 message-tags). A tag without a value has the empty one; of repeated keys the last counts.
struct MessageTags: Equatable, Sendable, ExpressibleByDictionaryLiteral {
    private var pairs: [(key: String, value: String)] = []

    init() {}

    init(dictionaryLiteral elements: (String, String)...) {
        pairs = elements.map { (key: $0.0, value: $0.1) }
    }

    /// Reads what stands between `@` and the first space.
    init(utf8 text: UnsafeRawBufferPointer) {
        for part in text.split(separator: UInt8(ascii: ";")) {
            let key = part.prefix { $0 != UInt8(ascii: "=") }
            guard !key.isEmpty else { continue }
            let value = part[key.endIndex...].dropFirst()
            pairs.append((key: String(key), value: MessageTags.unescape(String(value)[...])))
        }
    }

    subscript(key: String) -> String? { pairs.last { $0.key == key }?.value }

    static func == (a: MessageTags, b: MessageTags) -> Bool {
        a.pairs.elementsEqual(b.pairs) { $0.key == $1.key && $0.value == $1.value }
    }

    /// Resolves the escapes `\:` `\s` `\\` `\r` `\n`; a backslash before anything else, or at the end, falls away.
    static func unescape(_ value: Substring) -> String {
        guard value.utf8.contains(UInt8(ascii: "\\")) else { return String(value) }
        var result: String.UnicodeScalarView = "".unicodeScalars
        var escaped = false
        for scalar in value.unicodeScalars {
            if escaped {
                result.append(unescaped[scalar] ?? scalar)
                escaped = false
            } else if scalar == "\\" {
                escaped = true
            } else {
                result.append(scalar)
            }
        }
        return String(result)
    }

    private static let unescaped: [Unicode.Scalar: Unicode.Scalar] = [":": ";", "s": " ", "r": "\r", "n": "\n"]
}
