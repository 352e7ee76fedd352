import NIOCore

/// A line on its way to a server, without its CR LF.
///
/// It can only be made of parts that cannot break out of their place, so that nothing a user writes becomes a second
/// command: `Middle` holds no space, comma or control character and does not begin with a colon; `Trailing` holds no
/// CR, LF or NUL; `OutboundTags` escapes them. Behind the tags the line is at most 510 bytes (RFC 1459 §2.3 without the
/// CR LF), and never cut within a character.
struct OutboundLine: Hashable, Sendable {
    /// Bytes behind the tags.
    static let limit = 510

    private var tags: OutboundTags
    private let body: String

    /// What is too long is cut off; callers that must not lose text ask `room(_:_:)` before.
    init(
        _ verb: Verb, _ first: Middle? = nil, _ second: Middle? = nil, _ third: Middle? = nil,
        trailing: Trailing? = nil, tags: OutboundTags = OutboundTags()
    ) {
        // In one piece: growing a text by its parts takes most of the time that a line takes.
        let length = OutboundLine.headLength(verb, first, second, third) + (trailing?.text.utf8.count ?? 0) + 2
        let body = String(unsafeUninitializedCapacity: length) { memory in
            var end = verb.write(to: memory)
            if let first { end = OutboundLine.put(first.text, after: " ", at: end, in: memory) }
            if let second { end = OutboundLine.put(second.text, after: " ", at: end, in: memory) }
            if let third { end = OutboundLine.put(third.text, after: " ", at: end, in: memory) }
            if let trailing { end = OutboundLine.put(trailing.text, after: " :", at: end, in: memory) }
            return end
        }
        self.body = body.clipped(toBytes: OutboundLine.limit)
        self.tags = tags
    }

    /// The whole line, for logs and tests.
    var text: String { tags.isEmpty ? body : "@\(tags.text) \(body)" }

    /// Copies both there and tells where they end.
    private static func put(
        _ text: String, after mark: StaticString, at start: Int, in memory: UnsafeMutableBufferPointer<UInt8>
    ) -> Int {
        var text = text
        let begin = mark.withUTF8Buffer { memory[start...].update(fromContentsOf: $0) }
        return text.withUTF8 { memory[begin...].update(fromContentsOf: $0) }
    }

    /// The same line with a label for its answer (IRCv3 labeled-response).
    consuming func labelled(_ label: Label) -> OutboundLine {
        tags = tags.labelled(label)
        return self
    }

    /// Writes it with its CR LF.
    func write(to buffer: inout ByteBuffer) {
        buffer.reserveCapacity(minimumWritableBytes: tags.text.utf8.count + body.utf8.count + 4)
        if !tags.isEmpty {
            buffer.writeStaticString("@")
            buffer.writeString(tags.text)
            buffer.writeStaticString(" ")
        }
        buffer.writeString(body)
        buffer.writeStaticString("\r\n")
    }

    /// How many bytes of trailing text fit behind these parts.
    static func room(_ verb: Verb, _ middle: Middle) -> Int { max(limit - headLength(verb, middle) - 2, 0) }

    private static func headLength(
        _ verb: Verb, _ first: Middle?, _ second: Middle? = nil, _ third: Middle? = nil
    ) -> Int {
        func length(_ middle: Middle?) -> Int { middle.map { $0.text.utf8.count + 1 } ?? 0 }
        return verb.length + length(first) + length(second) + length(third)
    }
}

/// A parameter that is not the last one: a nick, a channel, a key, a word.
struct Middle: Hashable, Sendable {
    let text: String

    /// Nil if it is empty, longer than 200 bytes (the longest channel name, RFC 1459 §1.3), begins with a colon, or
    /// holds a space, a comma (which would make two names of it) or a control character.
    init?(_ text: String) {
        let bytes = text.utf8
        guard let first = bytes.first, first != UInt8(ascii: ":"), bytes.count <= 200,
            bytes.allSatisfy({ $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: ",") })
        else { return nil }
        self.text = text
    }

    /// For words in this code only, which nobody else can choose.
    init(literal: StaticString) { text = literal.description }

    static let zero = Middle(literal: "0")
    static let star = Middle(literal: "*")
}

extension Middle {
    /// Sub-commands of CAP and its version (IRCv3 capability negotiation).
    static let ls = Middle(literal: "LS")
    static let version302 = Middle(literal: "302")
    static let req = Middle(literal: "REQ")
    static let end = Middle(literal: "END")
}

/// The last parameter: any text, also with spaces, or empty.
struct Trailing: Hashable, Sendable {
    let text: String

    /// CR, LF and NUL become spaces.
    init(_ text: String) {
        let breaks: (UInt8) -> Bool = { $0 == 0 || $0 == UInt8(ascii: "\r") || $0 == UInt8(ascii: "\n") }
        guard !text.isPlainASCII, text.utf8.contains(where: breaks) else {
            self.text = text
            return
        }
        // Byte by byte, because CR LF is one Character.
        self.text = String(decoding: text.utf8.map { breaks($0) ? UInt8(ascii: " ") : $0 }, as: UTF8.self)
    }
}

extension String {
    /// The longest beginning of at most `limit` UTF-8 bytes that ends between two scalars.
    func clipped(toBytes limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var end = utf8.index(startIndex, offsetBy: max(limit, 0))
        while end > startIndex, utf8[end].continuesScalar { end = utf8.index(before: end) }
        return String(self[..<end])
    }
}
