import Testing

@testable import IRCAdapter

@Suite("Lines that users write")
struct RawLineTests {
    @Test("A line is sent as it is", arguments: ["WHOIS bob", "mode #c +b", "PRIVMSG #c :a  b", "TIME"])
    func lines(text: String) throws {
        #expect(OutboundLine(try RawLine(text)).text == text)
        #expect(OutboundLine(try RawLine("  " + text)).text == text)
    }

    @Test(
        "A text that is not one line with a permitted command is refused",
        arguments: [
            ("", RawLine.Flaw.empty), ("   ", .empty), ("A\r\nQUIT", .severalLines), ("A\nB", .severalLines),
            ("A\0", .severalLines), (":x PRIVMSG #c :y", .noCommand), ("@a=b TIME", .noCommand), ("123 x", .noCommand),
            ("é", .noCommand), ("quit", .reserved(.quit)), ("Ping x", .reserved(.ping)), ("PASS x", .reserved(.pass)),
            ("cap end", .reserved(.cap)), ("USER a b c d", .reserved(.user)), ("LIST", .reserved("LIST")),
            ("AUTHENTICATE +", .reserved("AUTHENTICATE")),
        ])
    func flaws(text: String, flaw: RawLine.Flaw) {
        #expect(throws: flaw) { try RawLine(text) }
    }

    @Test("A line that is too long is refused, and never cut")
    func long() throws {
        _ = try RawLine("TIME " + String(repeating: "x", count: OutboundLine.limit - 5))
        #expect(throws: RawLine.Flaw.tooLong) {
            try RawLine("TIME " + String(repeating: "x", count: OutboundLine.limit))
        }
    }
}
