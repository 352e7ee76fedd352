extension IRCMessage {
    /// Reads the bytes of a line without its line end; `LineText` decides which text they are.
    ///
    /// Taken although the grammar says otherwise: spaces in front, several spaces between the parts, trailing spaces,
    /// a lower-case command, more than 15 parameters, more than 512 bytes behind the tags (framing bounds them).
    init(bytes: UnsafeRawBufferPointer) throws(WireError) {
        var words = WordScanner(bytes)
        let tags = words.take(marked: UInt8(ascii: "@"))
        // The mark and the space behind the tags count, too (IRCv3 message-tags, "Size limit").
        guard tags.map({ $0.count + 2 <= MessageTags.limit }) ?? true else { throw .tagsTooLong }
        // Tags are UTF-8 always, so a text in another encoding must not change how they are read.
        let rest = words.rest
        let read = MessageTags(utf8: tags)
        if ByteScan.isASCII(rest) {
            self = try IRCMessage.read(rest, read).get()
        } else {
            var text = LineText.decode(rest)
            self = try text.withUTF8 { IRCMessage.read(UnsafeRawBufferPointer($0), read) }.get()
        }
    }

    /// Reads a line that is text already.
    init(_ line: String) throws(WireError) {
        var line = line
        self = try line.withUTF8 { bytes in
            Result { () throws(WireError) in try IRCMessage(bytes: UnsafeRawBufferPointer(bytes)) }
        }.get()
    }

    /// Reads the bytes behind the tags, which are UTF-8: cut at ASCII characters, their parts are UTF-8, too.
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

/// Walks over the words of a line.
private struct WordScanner {
    private let line: UnsafeRawBufferPointer
    private var position = 0

    init(_ line: UnsafeRawBufferPointer) {
        self.line = line
        skipSpaces()
    }

    /// All bytes from here to the end.
    var rest: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: line[position...]) }

    /// Up to the next space, and the spaces after it; empty at the end.
    mutating func next() -> UnsafeRawBufferPointer {
        let start = position
        while position < line.count, line[position] != UInt8(ascii: " ") { position += 1 }
        let word = UnsafeRawBufferPointer(rebasing: line[start..<position])
        skipSpaces()
        return word
    }

    /// The next word without its mark, if it has it.
    mutating func take(marked mark: UInt8) -> UnsafeRawBufferPointer? {
        guard position < line.count, line[position] == mark else { return nil }
        position += 1
        return next()
    }

    mutating func parameters() -> [String] {
        var result: [String] = []
        // Mostly a target and a text; growing to that would take two steps.
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
    /// Not the first byte of a UTF-8 scalar.
    var continuesScalar: Bool { self & 0xC0 == 0x80 }
    var isASCIILetter: Bool { isASCIIUpper || isASCIILower }
}
