import Testing

@testable import IRCAdapter

struct LineFramingTests {
    private func lines(_ chunks: [String], limit: Int = 20) -> (lines: [String], overlong: Int) {
        var framing = LineFraming(limit: limit)
        var lines: [String] = []
        for chunk in chunks {
            Array(chunk.utf8).withUnsafeBytes { bytes in
                framing.push(bytes) { lines.append(String(decoding: $0, as: UTF8.self)) }
            }
        }
        return (lines, framing.overlong)
    }

    @Test("Lines end with CR LF or LF, and empty ones are dropped")
    func endings() {
        #expect(lines(["a\r\nb\nc\r\r\n\r\n\n\rd\ne"]).lines == ["a", "b", "c", "\rd"])
    }

    @Test("The lines are the same wherever the bytes are cut into chunks")
    func cuts() {
        let text = "first\r\nsecond line\n\nthird\r\n"
        let bytes = text.unicodeScalars.map { String($0) }
        let expected = ["first", "second line", "third"]
        #expect(lines(bytes).lines == expected)
        for position in 0...bytes.count {
            #expect(lines([bytes[..<position].joined(), bytes[position...].joined()]).lines == expected)
        }
    }

    @Test("A line beyond the limit is dropped as a whole, and the next line is read")
    func overlong() {
        let long = String(repeating: "x", count: 21)
        for chunks in [["a\n\(long)\nb\n"], ["a\n", long, "\nb\n"], ["a\nxxxxxxxxxxxxxxx", "xxxxxxxxx\nb\n"]] {
            let result = lines(chunks)
            #expect(result.lines == ["a", "b"])
            #expect(result.overlong == 1)
        }
        #expect(lines([String(repeating: "x", count: 20) + "\n"]).lines.count == 1)
    }

    @Test("Bytes without a line end are not kept beyond the limit")
    func endless() {
        let result = lines(Array(repeating: "xxxxxxxxxx", count: 1000) + ["\nok\n"])
        #expect(result.lines == ["ok"])
        #expect(result.overlong == 1)
    }
}
