/// Looks at bytes eight at a time. Every byte of every line is looked at for a line end and for its encoding, and one
/// by one that was an eighth of the work on a line.
///
/// The tests of a word are those of the usual bit tricks: the high bit of a byte is set in the result if the byte is
/// what is looked for. Bytes above the first one found may be wrong, so only "whether" is asked of a word.
enum ByteScan {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highs: UInt64 = 0x8080_8080_8080_8080

    /// The first place of `byte` at or after `start`.
    static func firstIndex(of byte: UInt8, in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        let pattern = ones &* UInt64(byte)
        return first(in: bytes, from: start) { word in
            let difference = word ^ pattern
            return (difference &- ones) & ~difference & highs != 0
        } where: {
            $0 == byte
        }
    }

    /// Whether there are bytes beyond ASCII only.
    static func isASCII(_ bytes: UnsafeRawBufferPointer) -> Bool {
        first(in: bytes, from: 0, isInWord: { $0 & highs != 0 }, where: { $0 >= 0x80 }) == nil
    }

    /// Whether all bytes are printable ASCII, the space among it: what no cleaning of text would change.
    static func isPlain(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let isPlain: (UInt8) -> Bool = { (0x20..<0x7F).contains($0) }
        return first(
            in: bytes, from: 0,
            isInWord: { word in
                let tooLow = (word &- ones &* 0x20) & ~word
                let delete = word ^ (ones &* 0x7F)
                return (tooLow | ((delete &- ones) & ~delete) | word) & highs != 0
            },
            where: { !isPlain($0) }) == nil
    }

    private static func first(
        in bytes: UnsafeRawBufferPointer, from start: Int, isInWord: (UInt64) -> Bool, where matches: (UInt8) -> Bool
    ) -> Int? {
        var index = start
        while index + 8 <= bytes.count, !isInWord(bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)) {
            index += 8
        }
        while index < bytes.count {
            if matches(bytes[index]) { return index }
            index += 1
        }
        return nil
    }
}

extension String {
    /// Whether `ByteScan.isPlain` holds for its UTF-8.
    var isPlainASCII: Bool {
        utf8.withContiguousStorageIfAvailable { ByteScan.isPlain(UnsafeRawBufferPointer($0)) } ?? false
    }
}
