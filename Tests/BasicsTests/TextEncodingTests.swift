import Basics
import Testing

struct TextEncodingTests {
    @Test(
        "Texts are decoded and encoded",
        arguments: [
            ("iso-8859-15", "10 €", [0x31, 0x30, 0x20, 0xA4]), ("KOI8-R", "Да", [0xE4, 0xC1]),
            ("windows-1252", "é“", [0xE9, 0x93]), ("EUC-JP", "日本", [0xC6, 0xFC, 0xCB, 0xDC]),
            ("utf-8", "é", [0xC3, 0xA9]),
        ] as [(String, String, [UInt8])])
    func bothWays(_ name: String, _ text: String, _ bytes: [UInt8]) throws {
        let encoding = try #require(TextEncoding(name))
        #expect(encoding.decode(bytes) == text && encoding.encode(text) == bytes)
    }

    @Test("What a set cannot hold becomes a question mark, and what is no character U+FFFD")
    func replaced() throws {
        #expect(try #require(TextEncoding("iso-8859-15")).encode("a日b🙂") == Array("a?b?".utf8))
        #expect(try #require(TextEncoding("EUC-JP")).decode([0x61, 0xFF, 0x62]) == "a\u{FFFD}b")
        #expect(try #require(TextEncoding("EUC-JP")).decode([0x61, 0xC6]) == "a", "a cut character is left out")
    }

    @Test(
        "The characters that a set does not have are found, each once",
        arguments: [
            ("KOI8-R", "5 € 日 п €?", "€日"), ("KOI8-R", "Да?", ""), ("windows-1252", "“é” 👩‍👩‍👧 ž", "👩‍👩‍👧"),
            ("EUC-JP", "日本 🙂", "🙂"), ("utf-8", "日🙂", ""), ("iso-8859-1", "plain?", ""),
        ])
    func missing(_ name: String, _ text: String, _ missing: String) throws {
        #expect(try String(#require(TextEncoding(name)).missing(in: text)) == missing)
    }

    @Test(
        "Unknown character sets, and those that do not contain ASCII, are refused",
        arguments: ["", "nonsense", "utf-16", "utf-7", "iso-2022-jp", "ebcdic-us", "a b", "../x", "utf-8//IGNORE"])
    func refused(_ name: String) { #expect(TextEncoding(name) == nil) }
}
