/// The name of a command such as `PRIVMSG`, in upper case and of any length.
///
/// The handler of every line is looked up by its verb. For speed, the first eight letters are packed into one word,
/// which one instruction compares. Up to fifteen further letters fit into a string without heap memory.
struct Verb: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    private static let headLength = 8

    /// The first eight letters, the first one in the highest byte. Unused bytes are zero.
    private let head: UInt64
    /// The letters after the eighth.
    private let tail: String

    /// Makes a verb from a literal in this code. A name with other characters than letters becomes `Verb.invalid`.
    init(stringLiteral name: StaticString) {
        self = name.withUTF8Buffer { Verb(UnsafeRawBufferPointer($0)) ?? .invalid }
    }

    /// Reads a name in upper or lower case. Nil if it is empty or has bytes other than A–Z and a–z.
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

    /// A verb that no line can have.
    static let invalid = Verb(head: 0, tail: "")

    var isValid: Bool { head != 0 }

    /// The number of bytes of the name.
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
