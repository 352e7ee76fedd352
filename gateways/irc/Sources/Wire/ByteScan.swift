/// Searches bytes eight at a time. Every byte of every line is checked for a line end and for its encoding, and a
/// check byte by byte would take an eighth of the time of a line.
///
/// A word is tested with the usual bit tricks: in the result, the high bit of each matching byte is set. Bytes above
/// the first match may be wrong, so a word is only asked whether it has a match, not where.
enum ByteScan {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highs: UInt64 = 0x8080_8080_8080_8080

    /// The index of the first `byte` at or after `start`. Nil if there is none.
    static func firstIndex(of byte: UInt8, in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        let pattern = ones &* UInt64(byte)
        return first(in: bytes, from: start) { word in
            let difference = word ^ pattern
            return (difference &- ones) & ~difference & highs != 0
        } where: {
            $0 == byte
        }
    }

    /// Whether all bytes are ASCII.
    static func isASCII(_ bytes: UnsafeRawBufferPointer) -> Bool {
        first(in: bytes, from: 0, isInWord: { $0 & highs != 0 }, where: { $0 >= 0x80 }) == nil
    }

    /// Whether all bytes are printable ASCII or spaces. No cleaning of text changes such bytes.
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

    /// Whether a byte is one of the marks of emphasis (`Emphasis`) or a `>`.
    static func hasMark(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let marks: (UInt64, UInt64, UInt64, UInt64, UInt64) = (
            ones &* UInt64(UInt8(ascii: "*")), ones &* UInt64(UInt8(ascii: "_")), ones &* UInt64(UInt8(ascii: "~")),
            ones &* UInt64(UInt8(ascii: "`")), ones &* UInt64(UInt8(ascii: ">"))
        )
        func has(_ word: UInt64, _ pattern: UInt64) -> UInt64 {
            let difference = word ^ pattern
            return (difference &- ones) & ~difference & highs
        }
        return first(
            in: bytes, from: 0,
            isInWord: {
                has($0, marks.0) | has($0, marks.1) | has($0, marks.2) | has($0, marks.3) | has($0, marks.4) != 0
            },
            where: { "*_~`>".utf8.contains($0) }) != nil
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
    /// Whether all characters are printable ASCII or spaces. May be false for a string without contiguous UTF-8
    /// storage.
    var isPlainASCII: Bool {
        utf8.withContiguousStorageIfAvailable { ByteScan.isPlain(UnsafeRawBufferPointer($0)) } ?? false
    }
}
