/// Blanks out comments, string literals and regex literals of Swift source, so that rules look at code alone.
///
/// Knows line and nested block comments, single and multi-line strings with any number of `#`, and regex literals on
/// one line. What stands in an interpolation is blanked out too. Works on bytes, because it reads the whole repository.
struct CodeOnly {
    private let source: [UInt8]
    private var position = 0
    private var result: [UInt8] = []

    static func strip(_ text: String) -> String {
        var stripper = CodeOnly(source: Array(text.utf8))
        stripper.result.reserveCapacity(stripper.source.count)
        while stripper.position < stripper.source.count { stripper.step() }
        return String(decoding: stripper.result, as: UTF8.self)
    }

    private init(source: [UInt8]) { self.source = source }

    private static let newline = UInt8(ascii: "\n")
    private static let slash = UInt8(ascii: "/")
    private static let star = UInt8(ascii: "*")
    private static let quote = UInt8(ascii: "\"")
    private static let pound = UInt8(ascii: "#")
    private static let backslash = UInt8(ascii: "\\")
    private static let space = UInt8(ascii: " ")

    private func byte(_ offset: Int = 0) -> UInt8? {
        position + offset < source.count ? source[position + offset] : nil
    }

    private mutating func step() {
        switch byte() {
        case Self.slash where byte(1) == Self.slash: blankLine()
        case Self.slash where byte(1) == Self.star: blankComment()
        case Self.slash where opensRegex: blankRegex()
        case Self.quote: blankString(pounds: 0)
        case Self.pound:
            let pounds = source[position...].prefix { $0 == Self.pound }.count
            if byte(pounds) == Self.quote { blankString(pounds: pounds) } else { keep(pounds) }
        default: keep()
        }
    }

    private mutating func keep(_ count: Int = 1) {
        result += source[position..<position + count]
        position += count
    }

    private mutating func blank(_ count: Int = 1) {
        for _ in 0..<count where position < source.count {
            // A character of several bytes becomes one blank, so that columns stay.
            if source[position] & 0xC0 != 0x80 {
                result.append(source[position] == Self.newline ? Self.newline : Self.space)
            }
            position += 1
        }
    }

    private mutating func blankLine() {
        while let next = byte(), next != Self.newline { blank() }
    }

    private mutating func blankComment() {
        var depth = 0
        repeat {
            if byte() == Self.slash, byte(1) == Self.star {
                depth += 1
                blank(2)
            } else if byte() == Self.star, byte(1) == Self.slash {
                depth -= 1
                blank(2)
            } else {
                blank()
            }
        } while depth > 0 && position < source.count
    }

    private mutating func blankString(pounds: Int) {
        blank(pounds)
        let isLong = byte(1) == Self.quote && byte(2) == Self.quote
        let quotes = isLong ? 3 : 1
        blank(quotes)
        while position < source.count, !closes(quotes: quotes, pounds: pounds) {
            guard byte() == Self.backslash, arePounds(from: 1, count: pounds) else {
                blank()
                continue
            }
            let isInterpolation = byte(1 + pounds) == UInt8(ascii: "(")
            blank(pounds + 2)
            if isInterpolation { blankInterpolation() }
        }
        blank(quotes + pounds)
    }

    private func closes(quotes: Int, pounds: Int) -> Bool {
        (0..<quotes).allSatisfy { byte($0) == Self.quote } && arePounds(from: quotes, count: pounds)
    }

    private func arePounds(from offset: Int, count: Int) -> Bool {
        (0..<count).allSatisfy { byte(offset + $0) == Self.pound }
    }

    private mutating func blankInterpolation() {
        var depth = 1
        while depth > 0, let next = byte() {
            if next == Self.quote {
                blankString(pounds: 0)
            } else {
                depth += next == UInt8(ascii: "(") ? 1 : next == UInt8(ascii: ")") ? -1 : 0
                blank()
            }
        }
    }

    /// A slash begins a regex where a value is expected, and a division elsewhere.
    private var opensRegex: Bool {
        guard let next = byte(1), next != Self.space, next != Self.newline else { return false }
        guard let before = result.last(where: { $0 != Self.space }) else { return true }
        return "(,=:[{\n".utf8.contains(before)
    }

    private mutating func blankRegex() {
        blank()
        while let next = byte(), next != Self.slash, next != Self.newline { blank(next == Self.backslash ? 2 : 1) }
        blank()
    }
}
