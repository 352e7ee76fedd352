import Basics

/// Splits a text into lines that IRC can carry.
enum TextSplitter {
    /// Returns lines of at most `budget` UTF-8 bytes each, at least 8, without blank lines and control characters. A
    /// long line is cut at the last space in the second half of the budget. Without such a space it is cut between
    /// characters. A character that alone is longer than the budget is cut between two scalars.
    static func lines(of text: String, budget: Int) -> [String] {
        let budget = max(budget, 8)
        if isLine(text, budget: budget) { return [text] }
        return text.unicodeScalars.split(whereSeparator: isLineBreak).flatMap { line -> [String] in
            let clean = printable(line)
            return clean.utf8.count <= budget ? [clean] : pieces(of: clean, budget: budget)
        }
        .filter { line in !line.unicodeScalars.allSatisfy(\.properties.isWhitespace) }
    }

    /// One line of a text that is sent in one batch.
    struct Part: Equatable {
        let text: String
        /// Whether it continues the line before it without a line break.
        let continues: Bool
    }

    /// Returns lines of at most `budget` UTF-8 bytes each, at least 8, without control characters. Unlike `lines`, it
    /// keeps blank lines between others and all spaces, so that the parts make up the text again.
    ///
    /// - Parameter change: changes each whole line before it is cut.
    static func parts(of text: String, budget: Int, _ change: (String) -> String) -> [Part] {
        let text = text.utf8.contains(UInt8(ascii: "\r")) ? text.replacing("\r\n", with: "\n") : text
        let isBlank: (String) -> Bool = { $0.unicodeScalars.allSatisfy(\.properties.isWhitespace) }
        var lines = text.unicodeScalars.split(omittingEmptySubsequences: false, whereSeparator: isLineBreak)
            .map { printable($0) }.map { isBlank($0) ? "" : $0 }[...]
        lines = lines.drop(while: \.isEmpty)
        while lines.last?.isEmpty == true { lines.removeLast() }
        return lines.flatMap { line in
            pieces(of: change(line), budget: max(budget, 8), keepsSpaces: true).enumerated()
                .map { Part(text: $1, continues: $0 > 0) }
        }
    }

    /// Whether the text can be sent as one line without a change. This is a quick check: it may be false for a text
    /// that is one line, such as one beyond ASCII.
    static func isLine(_ text: String, budget: Int) -> Bool {
        text.utf8.count <= budget && text.isPlainASCII && !text.utf8.allSatisfy { $0 == 0x20 }
    }

    static func isLineBreak(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0A, 0x0D, 0x0B, 0x0C, 0x85, 0x2028, 0x2029: true
        default: false
        }
    }

    /// Returns the line without control characters. They could make a text look like CTCP or formatting.
    private static func printable(_ line: Substring.UnicodeScalarView) -> String {
        func isControl(_ scalar: Unicode.Scalar) -> Bool {
            (scalar.value < 0x20 && scalar != "\t") || (0x7F..<0xA0).contains(scalar.value)
        }
        guard line.contains(where: isControl) else { return String(line) }
        return String(String.UnicodeScalarView(line.filter { !isControl($0) }))
    }

    /// - Parameter keepsSpaces: whether the space at which a line is cut stays, at the end of the piece before it.
    private static func pieces(of line: String, budget: Int, keepsSpaces: Bool = false) -> [String] {
        var pieces: [String] = []
        var rest = line[...]
        while rest.utf8.count > budget {
            // A space that stays needs room.
            var end = cut(rest, budget: keepsSpaces ? budget - 1 : budget)
            let isSpace = rest.utf8[end] == UInt8(ascii: " ")
            if isSpace, keepsSpaces { end = rest.utf8.index(after: end) }
            pieces.append(String(rest[..<end]))
            rest = rest[end...]
            if isSpace, !keepsSpaces { rest = rest[rest.utf8.index(after: rest.startIndex)...] }
        }
        if !rest.isEmpty || pieces.isEmpty { pieces.append(String(rest)) }
        return pieces
    }

    private static func cut(_ text: Substring, budget: Int) -> String.Index {
        let limit = text.utf8.index(text.startIndex, offsetBy: budget)
        let half = text.utf8.index(text.startIndex, offsetBy: budget / 2)
        // The range includes the byte after the limit: a space there is dropped, so the piece before it fits.
        if let space = text.utf8[half...limit].lastIndex(of: UInt8(ascii: " ")) { return space }
        var end = text.startIndex
        while end < limit {
            let next = text.index(after: end)
            if next > limit { break }
            end = next
        }
        if end > text.startIndex { return end }
        var scalarEnd = limit
        while text.utf8[scalarEnd].continuesScalar { scalarEnd = text.utf8.index(before: scalarEnd) }
        return scalarEnd
    }
}
