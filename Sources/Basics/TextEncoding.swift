import Glibc

/// A character set other than UTF-8 in which old texts are written, such as `windows-1252`, `ISO-8859-15`, `KOI8-R` or
/// `EUC-JP`. The C library's `iconv` knows them.
package struct TextEncoding: Sendable, Equatable {
    /// The name as the operator wrote it.
    package let name: String
    /// The characters of the bytes 0x80 to 0xFF, if each byte is one character; nil for other character sets.
    private let high: [Unicode.Scalar]?

    /// The character set of old Western texts (`Windows1252`).
    package static let windows1252 = TextEncoding(
        name: "windows-1252", high: Array(Windows1252.decode(0x80...0xFF).unicodeScalars))

    private init(name: String, high: [Unicode.Scalar]?) {
        self.name = name
        self.high = high
    }

    /// Finds a character set by its IANA name. Nil if the C library does not know it, or if ASCII is not part of it:
    /// then line ends and commands could change their meaning.
    package init?(_ name: String) {
        guard (1...40).contains(name.utf8.count),
            name.utf8.allSatisfy({ $0.isASCIILetter || $0.isASCIIDigit || "-_".utf8.contains($0) }),
            !name.lowercased().hasPrefix("iso-2022"), !name.lowercased().hasPrefix("iso2022")
        else { return nil }
        if name.lowercased() == "windows-1252" || name.lowercased() == "cp1252" {
            self = .windows1252
            return
        }
        let ascii = Array<UInt8>(0...0x7E)
        let probe = TextEncoding(name: name, high: nil)
        guard probe.convert(ascii, from: name, to: "UTF-8") == ascii, probe.encode("a~\u{0}") == Array("a~\u{0}".utf8)
        else { return nil }
        self.init(name: name, high: probe.singleBytes())
    }

    /// The characters of the bytes 0x80 to 0xFF. Nil if some of them only begin a character.
    private func singleBytes() -> [Unicode.Scalar]? {
        var scalars: [Unicode.Scalar] = []
        for byte in UInt8(0x80)...0xFF {
            guard let decoded = convert([byte, 0x41], from: name, to: "UTF-8") else { return nil }
            let text = Array(String(decoding: decoded, as: UTF8.self).unicodeScalars)
            guard text.count == 2, text[1] == "A" else { return nil }
            scalars.append(text[0])
        }
        // A byte that begins a longer character does not decode alone. Sets of single bytes have few such gaps.
        return scalars.count { $0 == "\u{FFFD}" } <= 64 ? scalars : nil
    }

    /// Decodes bytes. A byte that is no character becomes U+FFFD. A character that is cut at the end is left out.
    package func decode(_ bytes: some Collection<UInt8>) -> String {
        guard let high else {
            return convert(Array(bytes), from: name, to: "UTF-8").map { String(decoding: $0, as: UTF8.self) } ?? ""
        }
        var text = String.UnicodeScalarView()
        for byte in bytes { text.append(byte < 0x80 ? Unicode.Scalar(byte) : high[Int(byte) - 0x80]) }
        return String(text)
    }

    /// Encodes a text. A character that the set does not have becomes `?`.
    package func encode(_ text: String) -> [UInt8] { convert(Array(text.utf8), from: "UTF-8", to: name) ?? [] }

    /// The characters of a text that the set does not have, each once, in their order.
    package func missing(in text: String) -> [Character] {
        guard !text.isPlainASCII, decode(encode(text)) != text else { return [] }
        var seen: Set<Character> = []
        return text.filter { seen.insert($0).inserted && decode(encode(String($0))) != String($0) }.map(\.self)
    }

    /// Converts bytes from one character set to another. Nil if the C library does not know one of them.
    private func convert(_ bytes: [UInt8], from source: String, to target: String) -> [UInt8]? {
        guard let converter = iconv_open(target, source), converter != iconv_t(bitPattern: -1) else { return nil }
        defer { iconv_close(converter) }
        var input = bytes.map { CChar(bitPattern: $0) }
        // No character is longer than four bytes in UTF-8 or in a character set that contains ASCII.
        var output = [CChar](repeating: 0, count: 4 * input.count + 16)
        let size = output.count
        let written = input.withUnsafeMutableBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                TextEncoding.run(
                    converter, input, output, replacement: target == "UTF-8" ? [0xEF, 0xBF, 0xBD] : [0x3F])
            }
        }
        return output.prefix(min(written, size)).map { UInt8(bitPattern: $0) }
    }

    /// Runs the conversion to its end. Returns the number of bytes written.
    private static func run(
        _ converter: iconv_t, _ input: UnsafeMutableBufferPointer<CChar>, _ output: UnsafeMutableBufferPointer<CChar>,
        replacement: [UInt8]
    ) -> Int {
        var (source, target) = (input.baseAddress, output.baseAddress)
        var (left, room) = (input.count, output.count)
        while left > 0 {
            guard iconv(converter, &source, &left, &target, &room) == -1 else { break }
            guard errno == EILSEQ, room >= replacement.count else { break }
            for byte in replacement {
                target?.pointee = CChar(bitPattern: byte)
                target = target.map { $0 + 1 }
                room -= 1
            }
            let skipped = TextEncoding.lengthOfBad(source, left, isUTF8: replacement.count == 1)
            source = source.map { $0 + skipped }
            left -= skipped
        }
        return output.count - room
    }

    /// The number of bytes to skip at a place that cannot be converted: one byte, or a whole character of UTF-8.
    private static func lengthOfBad(_ source: UnsafeMutablePointer<CChar>?, _ left: Int, isUTF8: Bool) -> Int {
        guard isUTF8, let source else { return 1 }
        var length = 1
        while length < left, UInt8(bitPattern: source[length]) & 0xC0 == 0x80 { length += 1 }
        return length
    }
}
