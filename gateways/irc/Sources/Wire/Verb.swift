/// The name of a command such as `PRIVMSG`, in upper case and of any length. Two verbs are equal only if all their
/// letters are.
///
/// Every line is looked up by its verb. The first eight letters are packed into one word, so that comparing costs one
/// instruction; up to fifteen further letters need no memory of their own.
struct Verb: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    private static let headLength = 8

    /// The first eight letters, the first one in the highest byte. Unused bytes are zero.
    private let head: UInt64
    /// The letters after the eighth.
    private let tail: String

    /// For names in this code. A name that has other characters than letters becomes `Verb.invalid`.
    init(stringLiteral name: StaticString) {
        self = name.withUTF8Buffer { Verb(UnsafeRawBufferPointer($0)) ?? .invalid }
    }

    /// Reads a name in upper or lower case. Nil if it is empty or holds other bytes than the letters A–Z and a–z.
    init?(_ name: UnsafeRawBufferPointer) {
        guard !name.isEmpty else { return nil }
        var head: UInt64 = 0
        for index in 0..<name.count {
            guard name[index].isASCIILetter else { return nil }
            if index < Verb.headLength { head |= UInt64(name[index] & 0xDF) << (56 - 8 * index) }
        }
        self.head = head
        tail = name.count > Verb.headLength ? Verb.upperCase(name[Verb.headLength...]) : ""
    }

    private init(head: UInt64, tail: String) {
        self.head = head
        self.tail = tail
    }

    /// Equals no verb that a line can have.
    static let invalid = Verb(head: 0, tail: "")

    var isValid: Bool { head != 0 }

    /// Bytes of the name.
    var length: Int { head == 0 ? 0 : Verb.headLength - head.trailingZeroBitCount / 8 + tail.utf8.count }

    var description: String {
        String(unsafeUninitializedCapacity: length) { write(to: $0) }
    }

    /// Writes the name to the start of `memory`, which must hold `length` bytes. Returns the number of bytes written.
    func write(to memory: UnsafeMutableBufferPointer<UInt8>) -> Int {
        let length = length
        for index in 0..<min(length, Verb.headLength) {
            memory[index] = UInt8(truncatingIfNeeded: head >> (56 - 8 * index))
        }
        if length > Verb.headLength {
            _ = memory[Verb.headLength...].update(fromContentsOf: tail.utf8)
        }
        return length
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(head)
        if !tail.isEmpty { hasher.combine(tail) }
    }

    private static func upperCase(_ letters: Slice<UnsafeRawBufferPointer>) -> String {
        String(unsafeUninitializedCapacity: letters.count) { memory in
            _ = memory.initialize(fromContentsOf: letters.lazy.map { $0 & 0xDF })
            return letters.count
        }
    }
}
