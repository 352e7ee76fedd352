extension IRCMessage {
    /// Reads a line without its line end.
    ///
    /// Taken although the grammar says otherwise: spaces in front, several spaces between the parts, trailing spaces,
    /// a lower-case command, more than 15 parameters, lines of any length (framing bounds them).
    init(_ line: String) throws(WireError) {
        var words = WordScanner(line)
        tags = words.take(marked: "@").map(MessageTags.init) ?? MessageTags()
        source = words.take(marked: ":").map(Source.init)
        command = try Command(words.next())
        parameters = words.parameters()
    }

    /// Reads the bytes of a line, see `LineText`.
    init(bytes: UnsafeRawBufferPointer) throws(WireError) { try self.init(LineText.decode(bytes)) }
}

extension Command {
    /// Reads letters as a verb and three digits as a numeric.
    fileprivate init(_ word: Substring) throws(WireError) {
        let bytes = word.utf8
        guard let first = bytes.first else { throw .noCommand }
        if bytes.count == 3, first.isASCIIDigit {
            guard bytes.allSatisfy(\.isASCIIDigit), let number = Int(word) else { throw .malformedCommand }
            self = .numeric(number)
        } else {
            guard bytes.allSatisfy(\.isASCIILetter) else { throw .malformedCommand }
            self = .verb(word.uppercased())
        }
    }
}

/// Walks over the words of a line.
private struct WordScanner {
    private var rest: Substring.UTF8View

    init(_ line: String) {
        rest = Substring(line).utf8
        skipSpaces()
    }

    /// Up to the next space, and the spaces after it; empty at the end.
    mutating func next() -> Substring {
        let end = rest.firstIndex(of: UInt8(ascii: " ")) ?? rest.endIndex
        let word = Substring(rest[..<end])
        rest = rest[end...]
        skipSpaces()
        return word
    }

    /// The next word without its mark, if it has it.
    mutating func take(marked mark: Character) -> Substring? {
        guard let first = rest.first, first == mark.asciiValue else { return nil }
        rest = rest.dropFirst()
        return next()
    }

    mutating func parameters() -> [String] {
        var result: [String] = []
        while let first = rest.first {
            guard first != UInt8(ascii: ":") else {
                result.append(String(Substring(rest.dropFirst())))
                break
            }
            result.append(String(next()))
        }
        return result
    }

    private mutating func skipSpaces() { rest = rest.drop { $0 == UInt8(ascii: " ") } }
}

extension UInt8 {
    var isASCIIDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
    var isASCIIUpper: Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) }
    var isASCIILower: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) }
    /// Not the first byte of a UTF-8 scalar.
    var continuesScalar: Bool { self & 0xC0 == 0x80 }
    var isASCIILetter: Bool { isASCIIUpper || isASCIILower }
}
