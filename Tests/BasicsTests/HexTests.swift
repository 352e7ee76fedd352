import Basics
import Testing

@Suite("Hexadecimal digits")
struct HexTests {
    @Test(
        "each byte is written as two digits and read back",
        arguments: [([], ""), ([0], "00"), ([0x0F, 0xF0], "0ff0"), ([0xDE, 0xAD, 0xBE, 0xEF], "deadbeef")]
            as [([UInt8], String)])
    func bytes(bytes: [UInt8], text: String) {
        #expect(Hex.encode(bytes) == text)
        let digits = Array(text.utf8)
        #expect(stride(from: 0, to: digits.count, by: 2).map { Hex.byte(digits[$0..<$0 + 2]) } == bytes)
    }

    @Test("every value is written as a digit of either case, and read from either case")
    func everyByte() {
        for value in UInt8.min...UInt8.max {
            let lower = [Hex.digit(value >> 4), Hex.digit(value & 15)]
            let upper = [Hex.digit(value >> 4, uppercase: true), Hex.digit(value & 15, uppercase: true)]
            #expect(String(decoding: upper, as: UTF8.self) == String(decoding: lower, as: UTF8.self).uppercased())
            #expect(Hex.byte(lower) == value && Hex.byte(upper) == value)
        }
    }

    @Test(
        "a number has one to eight digits",
        arguments: [("0", 0), ("fF", 255), ("10ffff", 0x10_FFFF), ("FFFFFFFF", .max)] as [(String, UInt32)])
    func number(text: String, number: UInt32) { #expect(Hex.number(text.utf8) == number) }

    @Test(
        "a text that is no hexadecimal number gives nil",
        arguments: ["", "+1", "-1", "g", "0x1", " 1", "1 ", "100000000", "\u{FF11}"])
    func noNumber(text: String) {
        #expect(Hex.number(text.utf8) == nil)
    }

    @Test("a byte has two digits", arguments: ["", "1", "123", "+1", "1g"])
    func noByte(text: String) { #expect(Hex.byte(text.utf8) == nil) }
}
