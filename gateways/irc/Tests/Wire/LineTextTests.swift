import Testing

@testable import IRCAdapter

struct LineTextTests {
    private func decode(_ bytes: [UInt8]) -> String { bytes.withUnsafeBytes { LineText.decode($0) } }

    @Test("UTF-8 is decoded as UTF-8")
    func utf8() { #expect(decode(Array("grüße 🙂".utf8)) == "grüße 🙂") }

    @Test("All other bytes are decoded as Windows-1252, where every byte is a character")
    func windows1252() {
        #expect(decode([0x67, 0x72, 0xFC, 0xDF, 0x65]) == "grüße")
        #expect(decode([0x80, 0x93, 0x94, 0x9F]) == "€\u{201C}\u{201D}Ÿ")
        #expect(decode(Array(0...255)).unicodeScalars.count == 256)
    }

    @Test("A Latin-1 word whose last byte could begin a UTF-8 character stays whole")
    func latinEnd() { #expect(decode([0x63, 0x61, 0x66, 0xE9]) == "café") }

    @Test("A character that a server has cut at the end of a UTF-8 line is dropped", arguments: 1...3)
    func tornEnd(_ missing: Int) {
        let bytes = Array("grün 🙂".utf8).dropLast(missing)
        #expect(decode(Array(bytes)) == "grün ")
    }
}
