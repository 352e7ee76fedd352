/// A text that compares byte by byte. `String` also takes texts for equal that Unicode composes differently, where a network
/// may have two names.
package struct ExactText: Hashable, Sendable {
    package let text: String
    /// Two texts that are ASCII are equal by `==` only if their bytes are; nearly all names are that.
    private let isASCII: Bool

    package init(_ text: String) {
        self.init(text, isASCII: text.isASCII)
    }

    /// - Parameter isASCII: whether the text is, known to a caller that has looked at each byte.
    package init(_ text: String, isASCII: Bool) {
        self.text = text
        self.isASCII = isASCII
    }

    package static func == (a: ExactText, b: ExactText) -> Bool {
        guard a.isASCII == b.isASCII, a.text == b.text else { return false }
        return a.isASCII || a.text.utf8.elementsEqual(b.text.utf8)
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

extension String {
    /// Whether the UTF-8 is the same.
    package func hasSameBytes(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }

    fileprivate var isASCII: Bool {
        let all = utf8.withContiguousStorageIfAvailable { bytes in bytes.reduce(0) { $0 | $1 } }
        return (all ?? utf8.reduce(0) { $0 | $1 }) < 0x80
    }
}
