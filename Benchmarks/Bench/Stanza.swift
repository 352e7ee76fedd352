import Glibc

/// One element of the component stream, as the bytes it came in. Valid while it is handled.
struct Stanza {
    enum Kind { case message, presence, iq, handshake, other }

    let bytes: UnsafeRawBufferPointer
    /// Length of the first tag.
    let head: Int

    var kind: Kind {
        switch bytes[1] {
        case UInt8(ascii: "m"): .message
        case UInt8(ascii: "p"): .presence
        case UInt8(ascii: "i"): .iq
        case UInt8(ascii: "h"): .handshake
        default: .other
        }
    }

    private var tag: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[..<head]) }

    /// Where the value of an attribute of the first tag begins; the name is given with a blank and `=`.
    private func value(of attribute: StaticString) -> Int? {
        tag.find(attribute).map { $0 + attribute.utf8CodeUnitCount + 1 }
    }

    func attribute(_ name: StaticString) -> String {
        guard let start = value(of: name) else { return "" }
        let quote = bytes[start - 1]
        return String(decoding: bytes[start...].prefix { $0 != quote }, as: UTF8.self)
    }

    /// The number of the user it is for: `to='u17@…'`.
    var user: Int? {
        guard let start = value(of: " to="), start + 1 < head, bytes[start] == UInt8(ascii: "u") else { return nil }
        return bytes.number(at: start + 1).value
    }

    var isError: Bool { value(of: " type=").map { bytes[$0] == UInt8(ascii: "e") } ?? false }
    var isUnavailable: Bool { value(of: " type=").map { bytes[$0] == UInt8(ascii: "u") } ?? false }
    var isGroupchat: Bool { value(of: " type=").map { bytes[$0] == UInt8(ascii: "g") } ?? false }

    /// The number that a body begins with.
    var bodyNumber: Int? {
        bytes.find("<body>", from: head).map { bytes.number(at: $0 + 6).value }
    }

    /// Whether a presence is one's own in a room (XEP-0045 §7.2.2, status 110).
    var isSelf: Bool {
        guard let place = bytes.find("110", from: head) else { return false }
        return bytes.find("status code", from: max(head, place - 14)) != nil
    }
}

/// Finds where the elements of a stream end, without reading what is in them: text and attributes hold no `<` and,
/// as all writers we know escape it, no `>`.
struct StanzaScanner {
    private var place = 0
    private var depth = 0
    private var head = 0

    /// Hands over what is complete in `bytes` and returns how much that was.
    mutating func scan(_ bytes: UnsafeRawBufferPointer, _ handle: (Stanza) -> Void) -> Int {
        guard let base = bytes.baseAddress else { return 0 }
        var start = 0
        while let open = memchr(base + place, 0x3C, bytes.count - place),
            let close = memchr(open, 0x3E, bytes.count - (UnsafeRawPointer(open) - base))
        {
            let first = UnsafeRawPointer(open) - base
            let last = UnsafeRawPointer(close) - base
            if depth == 0 {
                start = first
                head = last + 1 - first
            }
            if bytes[first + 1] == UInt8(ascii: "/") {
                depth -= 1
            } else if bytes[last - 1] != UInt8(ascii: "/") {
                depth += 1
            }
            place = last + 1
            if depth <= 0 {
                depth = 0
                handle(Stanza(bytes: UnsafeRawBufferPointer(rebasing: bytes[start...last]), head: head))
                start = place
            }
        }
        // An element that is not complete stays; its beginning moves to the front.
        if depth == 0 { start = place }
        place -= start
        return start
    }
}
