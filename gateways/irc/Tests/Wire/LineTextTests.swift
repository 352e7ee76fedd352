import Basics
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

    @Test(
        "Only the cut character is lost, also after ASCII, if more than its first byte is left or the line is long",
        arguments: [
            ([0x68, 0x69, 0x20, 0xF0, 0x9F, 0x98], "hi "), ([0x68, 0x69, 0x20, 0xE2, 0x82], "hi "),
            ([0x68, 0x69, 0x20, 0xF0, 0x9F], "hi "),
            (Array(repeating: 0x61, count: 505) + [0xE2], String(repeating: "a", count: 505)),
        ] as [([UInt8], String)])
    func tornAfterASCII(_ bytes: [UInt8], _ text: String) { #expect(decode(bytes) == text) }

    @Test("Other bytes are decoded as the network is configured")
    func configured() throws {
        let bytes: [UInt8] = [0xE4, 0xC1, 0x21]
        #expect(bytes.withUnsafeBytes { LineText.decode($0, else: TextEncoding("KOI8-R") ?? .windows1252) } == "Да!")
    }

    @Test("A character that a server has cut at the end of a UTF-8 line is dropped", arguments: 1...3)
    func tornEnd(_ missing: Int) {
        let bytes = Array("grün 🙂".utf8).dropLast(missing)
        #expect(decode(Array(bytes)) == "grün ")
    }
}
