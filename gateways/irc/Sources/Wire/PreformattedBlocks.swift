/// Follows the lines of one message, and finds those that belong to preformatted blocks (XEP-0393 §5.1.2). Text in
/// these blocks is not translated between marks and codes.
struct PreformattedBlocks {
    private static let fence = "```"

    /// The number of quotation signs before the lines of the block that is open. Nil if none is.
    private var depth: Int?

    /// Whether a line alone begins a block.
    static func begin(with line: String) -> Bool {
        guard line.utf8.contains(UInt8(ascii: "`")) else { return false }
        return withoutQuotes(line[...], most: .max).rest.hasPrefix(fence)
    }

    /// Whether a line of a text may begin a block. Fast, because most texts have none.
    static func mayBegin(in text: String) -> Bool { text.contains(fence) }

    /// Whether the next line of the message belongs to a block: it begins or ends one, or stands within it.
    mutating func hold(_ line: String) -> Bool {
        if let open = depth {
            let (depth, rest) = PreformattedBlocks.withoutQuotes(line[...], most: open)
            if depth == open {
                if rest == PreformattedBlocks.fence { self.depth = nil }
                return true
            }
            // The quotation has ended, and its block with it.
            self.depth = nil
        }
        let (depth, rest) = PreformattedBlocks.withoutQuotes(line[...], most: .max)
        guard rest.hasPrefix(PreformattedBlocks.fence) else { return false }
        self.depth = depth
        return true
    }

    /// The line without the signs of the quotations that it stands in, `most` at most, and their number (XEP-0393 §5.1.3).
    private static func withoutQuotes(_ line: Substring, most: Int) -> (depth: Int, rest: Substring) {
        var (depth, rest) = (0, line)
        while depth < most, rest.unicodeScalars.first == ">" {
            depth += 1
            rest = Substring(rest.unicodeScalars.dropFirst())
            if rest.unicodeScalars.first?.properties.isWhitespace ?? false {
                rest = Substring(rest.unicodeScalars.dropFirst())
            }
        }
        return (depth, rest)
    }
}

extension TextSplitter {
    /// The lines of a text as `lines` makes them, each with whether it belongs to a preformatted block.
    static func blocks(of text: String, budget: Int) -> [(text: String, isPreformatted: Bool)] {
        var blocks = PreformattedBlocks()
        return text.unicodeScalars.split(whereSeparator: isLineBreak).flatMap { line in
            let isHeld = blocks.hold(String(line))
            return lines(of: String(line), budget: budget).map { ($0, isHeld) }
        }
    }
}
