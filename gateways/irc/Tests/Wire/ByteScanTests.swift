import Testing

@testable import IRCAdapter

struct ByteScanTests {
    /// Calls `body` with samples of every length up to 19, with every byte at every place.
    private static func forEachSample(_ body: ([UInt8]) -> Void) {
        for length in 0...19 {
            let plain = [UInt8](repeating: UInt8(ascii: "a"), count: length)
            body(plain)
            for place in 0..<length {
                for byte in UInt8.min...UInt8.max {
                    var sample = plain
                    sample[place] = byte
                    // Also change the next byte, because the subtraction in the word test can borrow from it.
                    if place + 1 < length, byte & 1 == 0 { sample[place + 1] = byte | 1 }
                    body(sample)
                }
            }
        }
    }

    @Test func `A search of eight bytes at a time finds the same as a search byte by byte`() {
        var mistakes = 0
        Self.forEachSample { sample in
            sample.withUnsafeBytes { bytes in
                for start in [0, sample.count / 2] {
                    let expected = sample[start...].firstIndex(of: UInt8(ascii: "\n"))
                    if ByteScan.firstIndex(of: UInt8(ascii: "\n"), in: bytes, from: start) != expected { mistakes += 1 }
                }
                if ByteScan.isASCII(bytes) != sample.allSatisfy({ $0 < 0x80 }) { mistakes += 1 }
                if ByteScan.isPlain(bytes) != sample.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { mistakes += 1 }
            }
        }
        #expect(mistakes == 0)
    }

    @Test(arguments: ["", " ", "   ", "a", " a ", "plain text, with a full stop.", String(repeating: "x", count: 60)])
    func `Plain text takes the quick path, with the same result as the slow path`(text: String) {
        // A control character, which is removed, forces the slow path.
        let long = TextSplitter.lines(of: text + "\u{1}", budget: 60)
        #expect(TextSplitter.lines(of: text, budget: 60) == long)
        #expect(PlainText.withoutFormatting(text) == PlainText.withoutFormatting(text + "\u{2}"))
    }
}
