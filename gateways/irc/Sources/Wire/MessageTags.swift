import Basics

/// The tags of a line from a server (IRCv3 message-tags).
///
/// A network with tags puts three or four on every line, and most of them are never used. So the text of the tags is
/// kept, and a tag is read from it on demand.
struct MessageTags: Equatable, Sendable {
    /// The number of bytes of all tags of a line together, with the `@` before and the space after them.
    static let limit = 8191

    /// The text between `@` and the first space.
    private let text: String

    init() { text = "" }

    /// Takes the bytes between `@` and the first space, or nil for no tags. A tag that is not UTF-8 is dropped, because
    /// replacement characters could make different values equal.
    init(utf8 bytes: UnsafeRawBufferPointer?) {
        guard let bytes else {
            text = ""
            return
        }
        text = String(validating: bytes, as: UTF8.self) ?? MessageTags.valid(bytes)
    }

    var isEmpty: Bool { text.isEmpty }

    /// The unescaped value of a tag. Empty for a tag without a value, nil if the tag is missing. If a tag occurs
    /// several times, the last one counts.
    subscript(name: TagName) -> String? {
        guard !text.isEmpty else { return nil }
        return text.utf8.withContiguousStorageIfAvailable { buffer -> String? in
            let bytes = UnsafeRawBufferPointer(buffer)
            return MessageTags.value(of: name, in: bytes).map { TagEscape.unescape(bytes[$0]) }
        } ?? nil
    }

    private static func value(of name: TagName, in bytes: UnsafeRawBufferPointer) -> Range<Int>? {
        name.text.withUTF8Buffer { name in
            var value: Range<Int>?
            var start = 0
            while start < bytes.count {
                let end = ByteScan.firstIndex(of: UInt8(ascii: ";"), in: bytes, from: start) ?? bytes.count
                if let found = self.value(of: name, in: bytes, tag: start..<end) { value = found }
                start = end + 1
            }
            return value
        }
    }

    private static func value(
        of name: UnsafeBufferPointer<UInt8>, in bytes: UnsafeRawBufferPointer, tag: Range<Int>
    ) -> Range<Int>? {
        guard tag.count >= name.count else { return nil }
        for index in 0..<name.count where bytes[tag.lowerBound + index] != name[index] { return nil }
        let end = tag.lowerBound + name.count
        if end == tag.upperBound { return end..<end }
        return bytes[end] == UInt8(ascii: "=") ? (end + 1)..<tag.upperBound : nil
    }

    private static func valid(_ bytes: UnsafeRawBufferPointer) -> String {
        bytes.split(separator: UInt8(ascii: ";")).compactMap { String(validating: $0, as: UTF8.self) }
            .joined(separator: ";")
    }
}
