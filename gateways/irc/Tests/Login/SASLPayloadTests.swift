import Testing

@testable import IRCAdapter

struct SASLPayloadTests {
    @Test(
        "Messages of any length are cut into pieces and put together again", arguments: [0, 1, 299, 300, 301, 600, 900])
    func bothWays(length: Int) {
        let message = (0..<length).map { UInt8($0 % 251) }
        let lines = SASLPayload.lines(message).map(\.text)
        #expect(lines.allSatisfy { $0.hasPrefix("AUTHENTICATE :") && $0.utf8.count <= 14 + 400 })
        // Each whole piece must be followed by another one.
        let text = (length + 2) / 3 * 4
        #expect(lines.count == text / 400 + 1)
        #expect((lines.last == "AUTHENTICATE :+") == (text % 400 == 0))
        var payload = SASLPayload()
        let parts = lines.map { payload.add(String($0.dropFirst(14))) }
        #expect(parts.dropLast().allSatisfy { $0 == .more })
        #expect(parts.last == .message(message))
    }

    @Test("A piece that is not base64, or too long, is malformed")
    func malformed() {
        for piece in ["!", "abc", "a b c d", String(repeating: "A", count: 404)] {
            var payload = SASLPayload()
            #expect(payload.add(piece) == .malformed, "\(piece)")
        }
    }

    @Test("A message without an end is given up")
    func endless() {
        var payload = SASLPayload()
        let parts = (0..<50).map { _ in payload.add(String(repeating: "A", count: 400)) }
        #expect(parts.prefix(20).allSatisfy { $0 == .more })
        #expect(parts.dropFirst(20).allSatisfy { $0 == .malformed })
    }
}
