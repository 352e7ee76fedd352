import Testing

@testable import IRCAdapter

struct ByteScanTests {
    /// Every length up to a few words, and every byte at every place in it.
    private static func forEachSample(_ body: ([UInt8]) -> Void) {
        for length in 0...19 {
            let plain = [UInt8](repeating: UInt8(ascii: "a"), count: length)
            body(plain)
            for place in 0..<length {
                for byte in UInt8.min...UInt8.max {
                    var sample = plain
                    sample[place] = byte
                    // Its neighbour too, because a borrow of one byte reaches the next one.
                    if place + 1 < length, byte & 1 == 0 { sample[place + 1] = byte | 1 }
                    body(sample)
                }
            }
        }
    }

    @Test func `Eight at a time finds the same as one by one`() {
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
    func `Plain text takes the short way, and comes out as the long way would have it`(text: String) {
        // The long way: a character that is cut off afterwards makes the text not plain.
        let long = TextSplitter.lines(of: text + "\u{1}", budget: 60)
        #expect(TextSplitter.lines(of: text, budget: 60) == long)
        #expect(PlainText.of(text) == PlainText.of(text + "\u{2}"))
    }
}
