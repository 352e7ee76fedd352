import Basics

/// Translates between the formatting codes of IRC (modern IRC docs, "Formatting") and the marks of emphasis that people
/// write around words: `*bold*`, `_italic_`, `~struck~` and `` `monospace` ``, as `Text.allowsEmphasis` describes.
///
/// Marks are written only where clients read them as emphasis (XEP-0393): after a space or at the start of a line, next
/// to a visible character of the words on both sides, and if the words contain no such mark. Elsewhere the formatting
/// is dropped. Colours are always dropped.
enum Emphasis {
    /// A kind of emphasis: the code that switches it on and off, and its mark.
    private struct Kind {
        let code: UInt32
        let mark: Unicode.Scalar
    }

    private static let kinds = [
        Kind(code: 0x02, mark: "*"), Kind(code: 0x1D, mark: "_"), Kind(code: 0x1E, mark: "~"),
        Kind(code: 0x11, mark: "`"),
    ]
    /// Underlined words are emphasised like italic ones.
    private static let underline: UInt32 = 0x1F
    private static let reset: UInt32 = 0x0F

    // MARK: From IRC

    /// Returns the text without formatting codes, with marks instead of them, and whether any mark was written.
    static func marked(_ text: String) -> (text: String, hasMarks: Bool) {
        guard text.unicodeScalars.contains(where: { isSwitch($0.value) }) else {
            return (PlainText.withoutFormatting(text), false)
        }
        let runs = runs(of: text).map { run in
            (words: Array(PlainText.withoutFormatting(String(run.scalars)).unicodeScalars), bits: run.bits)
        }
        let whole = runs.flatMap(\.words)
        let plain = String(String.UnicodeScalarView(whole))
        if PreformattedBlocks.begin(with: plain) { return (plain, false) }
        let spans = preformattedSpans(in: whole)
        var result = String.UnicodeScalarView()
        var hasMarks = false
        var start = 0
        for run in runs {
            let end = start + run.words.count
            let bits = spans.contains { cuts(start..<end, $0) } ? 0 : run.bits
            hasMarks = append(run.words, bits, to: &result) || hasMarks
            start = end
        }
        return (String(result), hasMarks)
    }

    /// The parts of a line that the sender has put between grave accents. Marks in them would be read as they stand
    /// (XEP-0393 §5.2.5).
    private static func preformattedSpans(in scalars: [Unicode.Scalar]) -> [Range<Int>] {
        guard scalars.contains("`") else { return [] }
        var spans: [Range<Int>] = []
        var index = 0
        while index < scalars.count {
            guard scalars[index] == "`", let end = close(of: index, in: scalars) else {
                index += 1
                continue
            }
            spans.append(index..<end + 1)
            index = end + 1
        }
        return spans
    }

    /// Whether words begin or end within a preformatted span.
    private static func cuts(_ words: Range<Int>, _ span: Range<Int>) -> Bool {
        words.overlaps(span) && !(words.lowerBound <= span.lowerBound && span.upperBound <= words.upperBound)
    }

    private static func isSwitch(_ code: UInt32) -> Bool {
        code == underline || kinds.contains { $0.code == code }
    }

    /// A part of the text with one formatting. `bits` has a bit for each of `kinds`, and 0x10 for `underline`.
    private struct Run {
        var bits = 0
        var scalars = String.UnicodeScalarView()
    }

    /// Cuts the text where the emphasis changes.
    private static func runs(of text: String) -> [Run] {
        var runs: [Run] = []
        var current = Run()
        func toggled(_ code: UInt32, _ bits: Int) -> Int? {
            if code == reset { return 0 }
            if let index = kinds.firstIndex(where: { $0.code == code }) { return bits ^ (1 << index) }
            return code == underline ? bits ^ 0x10 : nil
        }
        for scalar in text.unicodeScalars {
            guard let bits = toggled(scalar.value, current.bits) else {
                current.scalars.append(scalar)
                continue
            }
            guard bits != current.bits else { continue }
            if !current.scalars.isEmpty { runs.append(current) }
            current = Run(bits: bits)
        }
        if !current.scalars.isEmpty { runs.append(current) }
        return runs
    }

    /// Appends the words of a run with their marks. Returns whether it wrote any.
    private static func append(
        _ words: [Unicode.Scalar], _ bits: Int, to result: inout String.UnicodeScalarView
    ) -> Bool {
        let bits = bits & 0x10 != 0 ? (bits & 0xF) | 0x2 : bits
        guard bits != 0, let first = words.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = words.lastIndex(where: { !$0.properties.isWhitespace })
        else {
            result.append(contentsOf: words)
            return false
        }
        let core = words[first...last]
        let before = first > 0 ? words[first - 1] : result.last
        let marks = kinds.indices.filter { bits & 1 << $0 != 0 }.map { kinds[$0].mark }
            .filter { mark in !core.contains(mark) }
        guard !marks.isEmpty, before?.properties.isWhitespace ?? true else {
            result.append(contentsOf: words)
            // Words that have a mark around them already: the sender has written both codes and marks.
            return kinds.contains { core.first == $0.mark && core.last == $0.mark && core.count > 2 }
        }
        result.append(contentsOf: words[..<first])
        result.append(contentsOf: marks)
        result.append(contentsOf: core)
        result.append(contentsOf: marks.reversed())
        result.append(contentsOf: words[(last + 1)...])
        return true
    }

    // MARK: To IRC

    /// The number of bytes that each emphasised part of a line grows by.
    static let growth = 2

    /// Returns a line with codes around the marked parts, or nil if it has none. The marks stay, so that a text such as
    /// `_name_` loses nothing where it was not meant as emphasis.
    static func coded(_ line: String) -> String? {
        guard mayHaveMarks(line), !PreformattedBlocks.begin(with: line) else { return nil }
        let scalars = Array(line.unicodeScalars)
        var result = String.UnicodeScalarView()
        var index = 0
        var hasCodes = false
        while index < scalars.count {
            guard let kind = kinds.first(where: { $0.mark == scalars[index] }), let end = close(of: index, in: scalars),
                let code = Unicode.Scalar(kind.code)
            else {
                result.append(scalars[index])
                index += 1
                continue
            }
            result.append(code)
            result.append(contentsOf: scalars[index...end])
            result.append(code)
            index = end + 1
            hasCodes = true
        }
        return hasCodes ? String(result) : nil
    }

    /// The index of the mark that ends the emphasis that begins at `start` (XEP-0393 §5.2). Nil if none begins there.
    private static func close(of start: Int, in scalars: [Unicode.Scalar]) -> Int? {
        guard start == 0 || scalars[start - 1].properties.isWhitespace, start + 2 < scalars.count,
            !scalars[start + 1].properties.isWhitespace, scalars[start + 1] != scalars[start]
        else { return nil }
        return scalars.indices[(start + 2)...].first {
            scalars[$0] == scalars[start] && !scalars[$0 - 1].properties.isWhitespace
        }
    }

    /// Whether the text has a character that can be a mark, or a `>`. Fast, because most texts have none.
    static func mayHaveMarks(_ text: String) -> Bool {
        text.utf8.withContiguousStorageIfAvailable { bytes in
            ByteScan.contains(in: UnsafeRawBufferPointer(bytes)) { block in
                (block .== ByteScan.block(UInt8(ascii: "*"))) .| (block .== ByteScan.block(UInt8(ascii: "_")))
                    .| (block .== ByteScan.block(UInt8(ascii: "~"))) .| (block .== ByteScan.block(UInt8(ascii: "`")))
                    .| (block .== ByteScan.block(UInt8(ascii: ">")))
            }
        } ?? true
    }

    /// Whether clients would read a part of a text without codes as emphasis, as a quotation or as a code block.
    static func looksMarked(_ text: String) -> Bool {
        guard mayHaveMarks(text) else { return false }
        return coded(text) != nil || text.hasPrefix(">") || text.hasPrefix("```")
    }
}
