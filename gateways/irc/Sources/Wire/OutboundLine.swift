import Basics
import NIOCore

/// A line to send to a server, without its CR LF.
///
/// No text of a user can become a second parameter or command, because of the types of the parts. `MiddleParameter`
/// holds no space, comma or control character and does not begin with a colon. `TrailingParameter` holds no CR, LF or
/// NUL. `OutboundTags` escapes them. After the tags, the line has at most 510 bytes (RFC 1459 §2.3 without the CR LF)
/// or as many as the server takes (`ServerSupport.lineLength`), and is never cut within a Unicode scalar.
struct OutboundLine: Hashable, Sendable {
    /// The usual number of bytes after the tags.
    static let limit = ServerSupport.usualLineLength - 2

    private var tags: OutboundTags
    private let body: String

    /// Makes a line. A text beyond the limit is cut off. Callers that must not lose text check `room` before.
    init(
        _ verb: Verb, _ first: MiddleParameter? = nil, _ second: MiddleParameter? = nil,
        _ third: MiddleParameter? = nil,
        trailing: TrailingParameter? = nil, tags: OutboundTags = OutboundTags(), limit: Int = OutboundLine.limit
    ) {
        // Allocate the line in one piece: appending part by part takes most of the time of a line.
        let length = OutboundLine.headLength(verb, first, second, third) + (trailing?.text.utf8.count ?? 0) + 2
        let body = String(unsafeUninitializedCapacity: length) { memory in
            var end = verb.write(to: memory)
            if let first { end = OutboundLine.put(first.text, after: " ", at: end, in: memory) }
            if let second { end = OutboundLine.put(second.text, after: " ", at: end, in: memory) }
            if let third { end = OutboundLine.put(third.text, after: " ", at: end, in: memory) }
            if let trailing { end = OutboundLine.put(trailing.text, after: " :", at: end, in: memory) }
            return end
        }
        self.body = body.clipped(toBytes: limit)
        self.tags = tags
    }

    /// Makes a line with these parameters and without a trailing one. Nil if it is longer than `limit`: a mask or a name
    /// that is cut off is another one.
    init?(_ verb: Verb, parameters: [MiddleParameter]) {
        body = ([verb.description] + parameters.map(\.text)).joined(separator: " ")
        tags = OutboundTags()
        if body.utf8.count > OutboundLine.limit { return nil }
    }

    /// Makes the line that a user has written. `RawLine` has checked it.
    init(_ raw: RawLine) {
        body = raw.text
        tags = OutboundTags()
    }

    /// The whole line, for logs and tests.
    var text: String { tags.isEmpty ? body : "@\(tags.text) \(body)" }

    /// The command of the line.
    var command: String? {
        body.utf8.split(separator: UInt8(ascii: " "), maxSplits: 1).first.map { String(Substring($0)) }
    }

    /// The first parameter of the line; nil if it has none.
    var target: String? {
        let words = body.utf8.split(separator: UInt8(ascii: " "), maxSplits: 2)
        return words.count > 1 ? String(Substring(words[1])) : nil
    }

    /// Copies the mark and the text to `memory` at `start`. Returns the index after them.
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

    /// Writes the line with its CR LF, in another encoding than UTF-8. Tags are always UTF-8.
    func write(to buffer: inout ByteBuffer, as encoding: TextEncoding) {
        guard !body.isPlainASCII else { return write(to: &buffer) }
        if !tags.isEmpty { buffer.writeString("@\(tags.text) ") }
        // `TextEncoding` takes only character sets in which these bytes stand for nothing else. Replace them anyway.
        let isBreak: (UInt8) -> Bool = { $0 == 0 || $0 == UInt8(ascii: "\r") || $0 == UInt8(ascii: "\n") }
        buffer.writeBytes(encoding.encode(body).map { isBreak($0) ? UInt8(ascii: "?") : $0 }.prefix(body.utf8.count))
        buffer.writeStaticString("\r\n")
    }

    /// Writes the line with its CR LF.
    func write(to buffer: inout ByteBuffer) {
        var body = body
        if !tags.isEmpty {
            buffer.reserveCapacity(minimumWritableBytes: tags.text.utf8.count + body.utf8.count + 4)
            buffer.writeStaticString("@")
            buffer.writeString(tags.text)
            buffer.writeStaticString(" ")
        }
        // Writes the body and the CR LF with one access to the buffer: an access takes longer than the copy.
        _ = body.withUTF8 { body in
            buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: body.count + 2) { memory in
                memory.copyBytes(from: body)
                memory[body.count] = UInt8(ascii: "\r")
                memory[body.count + 1] = UInt8(ascii: "\n")
                return body.count + 2
            }
        }
    }

    /// The number of bytes of trailing text that fit after a verb and up to two parameters.
    static func room(
        _ verb: Verb, _ first: MiddleParameter?, _ second: MiddleParameter? = nil, limit: Int = OutboundLine.limit
    ) -> Int {
        max(limit - headLength(verb, first, second) - 2, 0)
    }

    private static func headLength(
        _ verb: Verb, _ first: MiddleParameter?, _ second: MiddleParameter? = nil, _ third: MiddleParameter? = nil
    ) -> Int {
        func length(_ middle: MiddleParameter?) -> Int { middle.map { $0.text.utf8.count + 1 } ?? 0 }
        return verb.length + length(first) + length(second) + length(third)
    }
}

/// A parameter without spaces: a nick, a channel, a key, a word. It may stand before other parameters.
struct MiddleParameter: Hashable, Sendable {
    let text: String

    /// Nil if the text is empty, longer than 200 bytes (the longest channel name, RFC 1459 §1.3), begins with a colon,
    /// or holds a space, a comma (which would make it two names) or a control character.
    init?(_ text: String) {
        let bytes = text.utf8
        guard let first = bytes.first, first != UInt8(ascii: ":"), bytes.count <= 200,
            MiddleParameter.isWord(text)
        else { return nil }
        self.text = text
    }

    /// Whether a text has no space, comma or control character.
    private static func isWord(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            !ByteScan.contains(in: UnsafeRawBufferPointer(bytes)) { block in
                (block .<= ByteScan.block(0x20)) .| (block .== ByteScan.block(0x7F))
                    .| (block .== ByteScan.block(UInt8(ascii: ",")))
            }
        }
    }

    /// Makes a parameter from a literal in this code, without a check.
    init(literal: StaticString) { text = literal.description }

    static let zero = MiddleParameter(literal: "0")
    static let star = MiddleParameter(literal: "*")
    static let plus = MiddleParameter(literal: "+")
    static let minus = MiddleParameter(literal: "-")
}

extension MiddleParameter {
    // The sub-commands of CAP, and its version (IRCv3 capability negotiation).
    static let ls = MiddleParameter(literal: "LS")
    static let version302 = MiddleParameter(literal: "302")
    static let req = MiddleParameter(literal: "REQ")
    static let end = MiddleParameter(literal: "END")
}

/// The last parameter: any text, which may have spaces or be empty.
struct TrailingParameter: Hashable, Sendable {
    let text: String

    /// Makes a parameter. CR, LF and NUL become spaces.
    init(_ text: String) {
        let breaks: (UInt8) -> Bool = { $0 == 0 || $0 == UInt8(ascii: "\r") || $0 == UInt8(ascii: "\n") }
        guard !text.isPlainASCII, text.utf8.contains(where: breaks) else {
            self.text = text
            return
        }
        // Replace byte by byte, because CR LF is one Character in Swift.
        self.text = String(decoding: text.utf8.map { breaks($0) ? UInt8(ascii: " ") : $0 }, as: UTF8.self)
    }
}

extension String {
    /// Returns the longest prefix of at most `limit` UTF-8 bytes that does not end within a Unicode scalar.
    func clipped(toBytes limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var end = utf8.index(startIndex, offsetBy: max(limit, 0))
        while end > startIndex, utf8[end].continuesScalar { end = utf8.index(before: end) }
        return String(self[..<end])
    }
}
