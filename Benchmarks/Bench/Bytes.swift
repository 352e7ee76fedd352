import Glibc

/// A buffer of bytes that are appended at the end and removed from the front. It moves the bytes to the front only when
/// it needs room at the end.
final class Bytes {
    private var base = UnsafeMutableRawPointer.allocate(byteCount: 256, alignment: 16)
    private var capacity = 256
    private var head = 0
    private var tail = 0

    deinit { base.deallocate() }

    var count: Int { tail - head }
    var readable: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base + head, count: tail - head) }

    func append(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress else { return }
        reserve(bytes.count)
        memcpy(base + tail, source, bytes.count)
        tail += bytes.count
    }

    func append(_ bytes: [UInt8]) { bytes.withUnsafeBytes { append($0) } }

    func append(_ text: String) {
        var text = text
        text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
    }

    /// Overwrites eight bytes with a number, in decimal with leading zeros. They begin `back` bytes before the end.
    func patchEnd(back: Int, number: Int) {
        var rest = number
        var place = base + (tail - back + 7)
        for _ in 0..<8 {
            place.storeBytes(of: UInt8(truncatingIfNeeded: 48 + rest % 10), as: UInt8.self)
            rest /= 10
            place -= 1
        }
    }

    func consume(_ count: Int) {
        head += count
        if head == tail {
            head = 0
            tail = 0
        }
    }

    /// Reads once from a socket and returns the result of `read`.
    func fill(from descriptor: Int32, room: Int) -> Int {
        reserve(room)
        let got = read(descriptor, base + tail, capacity - tail)
        if got > 0 { tail += got }
        return got
    }

    private func reserve(_ room: Int) {
        if capacity - tail >= room { return }
        if head > 0 {
            memmove(base, base + head, count)
            tail -= head
            head = 0
        }
        if capacity - tail >= room { return }
        var larger = capacity
        while larger - tail < room { larger *= 2 }
        let moved = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 16)
        memcpy(moved, base, tail)
        base.deallocate()
        base = moved
        capacity = larger
    }
}

extension UnsafeRawBufferPointer {
    var text: String { String(decoding: self, as: UTF8.self) }

    /// The decimal number that begins at an offset, and the offset after it.
    func number(at start: Int) -> (value: Int, end: Int) {
        var value = 0
        var place = start
        while place < count, self[place] &- 48 < 10 {
            value = value &* 10 &+ Int(self[place] &- 48)
            place += 1
        }
        return (value, place)
    }

    /// The number at the beginning of the text of a line `PRIVMSG target :text`; the colon may be missing.
    var messageNumber: Int {
        guard let blank = find(" ", from: 8), blank + 1 < count else { return .max }
        return number(at: blank + (self[blank + 1] == UInt8(ascii: ":") ? 2 : 1)).value
    }

    /// The offset of the first occurrence of some bytes, or nil.
    func find(_ wanted: StaticString, from start: Int = 0) -> Int? {
        let length = wanted.utf8CodeUnitCount
        guard let base = baseAddress else { return nil }
        var place = start
        while place + length <= count {
            guard let hit = memchr(base + place, Int32(wanted.utf8Start.pointee), count - place - length + 1) else {
                return nil
            }
            place = UnsafeRawPointer(hit) - base
            if memcmp(hit, wanted.utf8Start, length) == 0 { return place }
            place += 1
        }
        return nil
    }

    func hasPrefix(_ wanted: StaticString) -> Bool {
        guard let base = baseAddress, count >= wanted.utf8CodeUnitCount else { return false }
        return memcmp(base, wanted.utf8Start, wanted.utf8CodeUnitCount) == 0
    }
}
