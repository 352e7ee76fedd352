/// An input that is read as text, so that people can write seeds and read findings.
struct FuzzInput {
    let bytes: [UInt8]

    /// The input as text. Bytes that are not UTF-8 become U+FFFD.
    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The lines of the input, without their line feeds. The last one may be empty.
    var lines: [ArraySlice<UInt8>] {
        bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    }

    /// The lines before the first empty line, and all bytes after that line.
    var headAndBody: (head: [String], body: [UInt8]) {
        var head: [String] = []
        var start = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            if end == start { return (head, Array(bytes[min(end + 1, bytes.count)...])) }
            head.append(String(decoding: bytes[start..<end], as: UTF8.self))
            start = end + 1
        }
        return (head, [])
    }
}

/// Random numbers that depend on the input alone, so that a finding can be repeated.
struct InputLuck {
    private var state: UInt64

    /// Takes the FNV-1a hash of the input as the seed.
    init(_ bytes: [UInt8]) {
        state = bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 } | 1
    }

    /// Returns a random number from 0 to `limit - 1` (xorshift).
    mutating func below(_ limit: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state % UInt64(limit))
    }

    /// Cuts the bytes into pieces of random length, from 1 to `longest`.
    mutating func pieces(of bytes: [UInt8], longest: Int) -> [ArraySlice<UInt8>] {
        var pieces: [ArraySlice<UInt8>] = []
        var start = 0
        while start < bytes.count {
            let end = min(bytes.count, start + 1 + below(longest))
            pieces.append(bytes[start..<end])
            start = end
        }
        return pieces
    }
}
