import Basics
import Testing

@Suite("Texts")
struct TextTests {
    @Test(
        "white space and line ends are removed at both ends",
        arguments: [
            ("", ""), (" ", ""), ("\r\n\t", ""), ("a", "a"), (" a b\n", "a b"), ("\u{A0}\u{2003}a\u{3000}", "a"),
            (" \u{308}a", "\u{308}a"), ("\u{200B}a", "\u{200B}a"),
        ])
    func trimmed(text: String, expected: String) {
        #expect(text.trimmed.hasSameBytes(as: expected))
        #expect(Substring(text).trimmed.hasSameBytes(as: expected))
    }

    @Test(
        "a collection of any elements can be trimmed",
        arguments: [([], []), ([0], []), ([0, 0], []), ([0, 1, 0], [1]), ([1, 0, 2], [1, 0, 2])] as [([Int], [Int])])
    func trimming(numbers: [Int], expected: [Int]) { #expect(Array(numbers.trimming { $0 == 0 }) == expected) }

    @Test(
        "only ASCII digits count as digits",
        arguments: [("0", true), ("0123456789", true), ("", false), ("1a", false), ("-1", false), ("1\u{661}", false)])
    func digits(text: String, isNumber: Bool) { #expect(text.isASCIIDigits == isNumber) }

    @Test("only ASCII letters count as letters, in either case")
    func letters() {
        let letters = (UInt8.min...UInt8.max).filter(\.isASCIILetter)
        #expect(String(decoding: letters, as: UTF8.self) == "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
    }

    @Test("every byte decodes to a character of Windows-1252")
    func windows1252() {
        let special = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8D}Ž\u{8F}\u{90}‘’“”•–—˜™š›œ\u{9D}žŸ"
        #expect(Windows1252.decode(UInt8(0x80)...0x9F) == special)
        for byte in [0...0x7F, 0xA0...0xFF].joined() as FlattenSequence<[ClosedRange<UInt8>]> {
            #expect(Windows1252.decode([byte]).unicodeScalars.map(\.value) == [UInt32(byte)])
        }
    }

    @Test(
        "A sentence ends with a mark",
        arguments: [("K-lined: spam", "K-lined: spam."), ("Why?", "Why?"), ("Done.", "Done."), ("…", "…"), ("", "")])
    func sentence(_ text: String, _ sentence: String) { #expect(text.asSentence == sentence) }
}
