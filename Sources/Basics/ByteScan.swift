/// Searches bytes, sixteen at a time. Each byte of each stanza and of each line is looked at several times, and a search
/// byte by byte would take an eighth of the time of a message.
///
/// These functions are public, because the compiler inlines only public functions into other modules.
///
/// A search takes a function that compares a block of sixteen bytes. It must compare with blocks (`block`), not with
/// single bytes: the compiler makes vector instructions only of the former.
@frozen public enum ByteScan {
    public typealias Block = SIMD16<UInt8>
    /// The places of a block that match.
    public typealias Matches = SIMDMask<SIMD16<Int8>>

    /// The number of bytes of a block.
    @usableFromInline static let size = 16

    /// A block with that byte at each place.
    @inlinable @inline(__always) public static func block(_ byte: UInt8) -> Block { Block(repeating: byte) }

    /// The index of the first byte at or after `start` that matches. Nil if there is none.
    @inlinable @inline(__always) public static func firstIndex(
        in bytes: UnsafeRawBufferPointer, from start: Int = 0, where matches: (Block) -> Matches
    ) -> Int? {
        guard let base = bytes.baseAddress else { return nil }
        var index = start
        while bytes.count &- index >= size {
            let place = firstPlace(matches((base + index).loadUnaligned(as: Block.self)))
            if place < size { return index &+ place }
            index &+= size
        }
        guard index < bytes.count else { return nil }
        // The rest is shorter than a block. Read the last block of the text instead: its first bytes were compared
        // before and cannot match. `short` fills up a text that is shorter than one block.
        let isShort = bytes.count &- start < size
        let last = bytes.count &- size
        let place = firstPlace(
            matches(isShort ? short(base + start, bytes.count &- start) : (base + last).loadUnaligned(as: Block.self)))
        guard place < size else { return nil }
        return isShort && place < 8 ? start &+ place : last &+ place
    }

    /// Whether a byte matches.
    @inlinable @inline(__always) public static func contains(
        in bytes: UnsafeRawBufferPointer, where matches: (Block) -> Matches
    ) -> Bool {
        firstIndex(in: bytes, where: matches) != nil
    }

    /// Makes a block of a text of 1 to 15 bytes. From 8 bytes on, the halves of the block are the first and the last 8
    /// bytes, which may overlap. Below 8, both halves hold the whole text, filled up with its last byte.
    @inlinable @inline(__always) static func short(_ bytes: UnsafeRawPointer, _ count: Int) -> Block {
        if count >= 8 {
            let halves = SIMD2<UInt64>(
                bytes.loadUnaligned(as: UInt64.self), (bytes + (count &- 8)).loadUnaligned(as: UInt64.self))
            return unsafeBitCast(halves, to: Block.self)
        }
        let last = bytes.load(fromByteOffset: count &- 1, as: UInt8.self)
        var word = UInt64(last) &* 0x0101_0101_0101_0101
        var index = count &- 1
        while index > 0 {
            index &-= 1
            word = word &<< 8 | UInt64(bytes.load(fromByteOffset: index, as: UInt8.self))
        }
        return unsafeBitCast(SIMD2<UInt64>(word, word), to: Block.self)
    }

    /// The first place that matches; 16 if none does.
    @inlinable @inline(__always) static func firstPlace(_ matches: Matches) -> Int {
        let halves = unsafeBitCast(matches, to: SIMD2<UInt64>.self)
        if halves.x | halves.y == 0 { return size }
        return halves.x != 0 ? halves.x.trailingZeroBitCount &>> 3 : 8 &+ halves.y.trailingZeroBitCount &>> 3
    }
}

extension ByteScan {
    /// The index of the first `byte` at or after `start`. Nil if there is none.
    package static func firstIndex(of byte: UInt8, in bytes: UnsafeRawBufferPointer, from start: Int = 0) -> Int? {
        let pattern = block(byte)
        return firstIndex(in: bytes, from: start) { $0 .== pattern }
    }

    /// Whether all bytes are ASCII.
    package static func isASCII(_ bytes: UnsafeRawBufferPointer) -> Bool {
        !contains(in: bytes) { $0 .>= block(0x80) }
    }

    /// Whether all bytes are printable ASCII or spaces. No cleaning of text changes such bytes.
    package static func isPlain(_ bytes: UnsafeRawBufferPointer) -> Bool {
        !contains(in: bytes) { ($0 &- block(0x20)) .>= block(0x7F - 0x20) }
    }
}

extension String {
    /// Whether all characters are printable ASCII or spaces. May be false for a string without contiguous UTF-8
    /// storage.
    package var isPlainASCII: Bool {
        utf8.withContiguousStorageIfAvailable { ByteScan.isPlain(UnsafeRawBufferPointer($0)) } ?? false
    }
}
