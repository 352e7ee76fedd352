import Testing

@testable import Basics

struct ByteScanTests {
    /// Calls `body` with samples of every length up to 35, with every byte at every place.
    private static func forEachSample(_ body: ([UInt8]) -> Void) {
        for length in 0...35 {
            let plain = [UInt8](repeating: UInt8(ascii: "a"), count: length)
            body(plain)
            for place in 0..<length {
                for byte in UInt8.min...UInt8.max {
                    var sample = plain
                    sample[place] = byte
                    // Also change the next byte, because a comparison must not spill over to it.
                    if place + 1 < length, byte & 1 == 0 { sample[place + 1] = byte | 1 }
                    body(sample)
                }
            }
        }
    }

    @Test func `A search of sixteen bytes at a time finds the same as a search byte by byte`() {
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
}
