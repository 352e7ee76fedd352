/// The tags of a line from a server (IRCv3 message-tags).
///
/// A network with tags puts three or four on every line, and few lines are asked for any of them. So they are kept as
/// they came, and read when one is asked for.
struct MessageTags: Equatable, Sendable {
    /// Bytes of all tags of a line together, with the `@` before and the space behind them.
    static let limit = 8191

    /// What stands between `@` and the first space.
    private let text: String

    init() { text = "" }

    /// Takes what stands between `@` and the first space; nil is no tags. Tags that are not UTF-8 are dropped, each by
    /// itself: a replacement character could make two different values one.
    init(utf8 bytes: UnsafeRawBufferPointer?) {
        guard let bytes else {
            text = ""
            return
        }
        text = String(validating: bytes, as: UTF8.self) ?? MessageTags.valid(bytes)
    }

    var isEmpty: Bool { text.isEmpty }

    /// The value of a tag without its escapes; empty for a tag without a value, nil if the tag is not there. Of a tag
    /// that is there several times, the last counts.
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
