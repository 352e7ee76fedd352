/// A text that compares byte by byte. Two `String`s are also equal if Unicode only composes them differently, although
/// a network may take them for two names.
package struct ExactText: Hashable, Sendable {
    package let text: String
    /// If two texts are ASCII, `String.==` compares their bytes, which is fast. Nearly all names are ASCII.
    private let isASCII: Bool

    package init(_ text: String) {
        self.init(text, isASCII: text.isASCII)
    }

    /// - Parameter isASCII: whether the text is ASCII. Use it if the caller has looked at each byte anyway.
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
    /// Whether both texts have the same UTF-8 bytes.
    package func hasSameBytes(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }

    fileprivate var isASCII: Bool {
        let isASCII = utf8.withContiguousStorageIfAvailable { ByteScan.isASCII(UnsafeRawBufferPointer($0)) }
        return isASCII ?? utf8.allSatisfy { $0 < 0x80 }
    }
}
