import Basics

extension IRCMessage {
    /// Reads the bytes of a line without its line end. `LineText` decodes the part after the tags.
    ///
    /// Beyond the grammar, it accepts leading spaces, several spaces between the parts, trailing spaces, a lower-case
    /// command, more than 15 parameters, and more than 512 bytes after the tags (`LineFraming` bounds them).
    ///
    /// - Parameter encoding: gives the encoding of a line that is not UTF-8. It gets the line without its tags.
    init(
        bytes: UnsafeRawBufferPointer, else encoding: (UnsafeRawBufferPointer) -> TextEncoding = { _ in .windows1252 }
    ) throws(WireError) {
        var words = WordScanner(bytes)
        let tags = words.take(marked: UInt8(ascii: "@"))
        // The limit includes the `@` before the tags and the space after them (IRCv3 message-tags, "Size limit").
        guard tags.map({ $0.count + 2 <= MessageTags.limit }) ?? true else { throw .tagsTooLong }
        // Tags are always UTF-8, so decode the rest of the line alone: it may have another encoding.
        let rest = words.rest
        let read = MessageTags(utf8: tags)
        if ByteScan.isASCII(rest) {
            self = try IRCMessage.read(rest, read).get()
        } else {
            var text = LineText.decode(rest, else: encoding(rest))
            self = try text.withUTF8 { IRCMessage.read(UnsafeRawBufferPointer($0), read) }.get()
        }
    }

    /// Reads a line that has been decoded already.
    init(_ line: String) throws(WireError) {
        var line = line
        self = try line.withUTF8 { bytes in
            Result { () throws(WireError) in try IRCMessage(bytes: UnsafeRawBufferPointer(bytes)) }
        }.get()
    }

    /// Reads the bytes after the tags, which must be UTF-8. Cutting them at ASCII characters leaves valid UTF-8.
    private static func read(_ line: UnsafeRawBufferPointer, _ tags: MessageTags) -> Result<IRCMessage, WireError> {
        var words = WordScanner(line)
        let source = words.take(marked: UInt8(ascii: ":")).map { Source(utf8: $0) }
        return IRCCommand.read(words.next()).map { command in
            IRCMessage(tags: tags, source: source, command: command, parameters: words.parameters())
        }
    }
}

extension IRCCommand {
    /// Reads letters as a verb and three digits as a numeric.
    fileprivate static func read(_ word: UnsafeRawBufferPointer) -> Result<IRCCommand, WireError> {
        guard let first = word.first else { return .failure(.noCommand) }
        if word.count == 3, first.isASCIIDigit {
            guard word.allSatisfy(\.isASCIIDigit) else { return .failure(.malformedCommand) }
            return .success(.numeric(word.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }))
        }
        return Verb(word).map { .success(.verb($0)) } ?? .failure(.malformedCommand)
    }
}

/// Reads the words of a line one after the other.
private struct WordScanner {
    private let line: UnsafeRawBufferPointer
    private var position = 0

    init(_ line: UnsafeRawBufferPointer) {
        self.line = line
        skipSpaces()
    }

    /// All bytes from here to the end.
    var rest: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: line[position...]) }

    /// Removes and returns the next word, and removes the spaces after it. Empty at the end of the line.
    mutating func next() -> UnsafeRawBufferPointer {
        let start = position
        while position < line.count, line[position] != UInt8(ascii: " ") { position += 1 }
        let word = UnsafeRawBufferPointer(rebasing: line[start..<position])
        skipSpaces()
        return word
    }

    /// Removes the next word if it begins with `mark`, and returns it without the mark. Otherwise returns nil.
    mutating func take(marked mark: UInt8) -> UnsafeRawBufferPointer? {
        guard position < line.count, line[position] == mark else { return nil }
        position += 1
        return next()
    }

    /// Reads all remaining words as parameters. A word that begins with `:` is the last one and holds the rest.
    mutating func parameters() -> [String] {
        var result: [String] = []
        // Most lines have two parameters, a target and a text. Reserving for both spares one step of growth.
        result.reserveCapacity(2)
        while position < line.count {
            guard line[position] != UInt8(ascii: ":") else {
                result.append(String(line[(position + 1)...]))
                break
            }
            result.append(String(decoding: next(), as: UTF8.self))
        }
        return result
    }

    private mutating func skipSpaces() {
        while position < line.count, line[position] == UInt8(ascii: " ") { position += 1 }
    }
}

extension UInt8 {
    var isASCIIDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
    var isASCIIUpper: Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) }
    var isASCIILower: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) }
    /// Whether the byte is a continuation byte of UTF-8, not the first byte of a scalar.
    var continuesScalar: Bool { self & 0xC0 == 0x80 }
    var isASCIILetter: Bool { isASCIIUpper || isASCIILower }
}
