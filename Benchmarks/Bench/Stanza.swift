import Glibc

/// One element of the component stream, as the received bytes. Valid only while it is handled.
struct Stanza {
    enum Kind { case message, presence, iq, handshake, other }

    let bytes: UnsafeRawBufferPointer
    /// Length of the first tag in bytes.
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

    /// The offset of the value of an attribute of the first tag. The name is given with a leading blank and `=`.
    private func value(of attribute: StaticString) -> Int? {
        tag.find(attribute).map { $0 + attribute.utf8CodeUnitCount + 1 }
    }

    func attribute(_ name: StaticString) -> String {
        guard let start = value(of: name) else { return "" }
        let quote = bytes[start - 1]
        return String(decoding: bytes[start...].prefix { $0 != quote }, as: UTF8.self)
    }

    /// The number of the receiving user: 17 in `to='u17@…'`.
    var user: Int? {
        guard let start = value(of: " to="), start + 1 < head, bytes[start] == UInt8(ascii: "u") else { return nil }
        return bytes.number(at: start + 1).value
    }

    var isError: Bool { value(of: " type=").map { bytes[$0] == UInt8(ascii: "e") } ?? false }
    var isUnavailable: Bool { value(of: " type=").map { bytes[$0] == UInt8(ascii: "u") } ?? false }
    var isGroupchat: Bool { value(of: " type=").map { bytes[$0] == UInt8(ascii: "g") } ?? false }

    /// The number at the beginning of the body.
    var bodyNumber: Int? {
        bytes.find("<body>", from: head).map { bytes.number(at: $0 + 6).value }
    }

    /// Whether a presence is the user's own presence in a room (XEP-0045 §7.2.2, status 110).
    var isSelf: Bool {
        guard let place = bytes.find("110", from: head) else { return false }
        return bytes.find("status code", from: max(head, place - 14)) != nil
    }
}

/// Finds the ends of the elements of a stream, without reading their content. Text and attributes hold no `<` and no
/// `>`, because both gateways escape them.
struct StanzaScanner {
    private var place = 0
    private var depth = 0
    private var head = 0

    /// Hands over the complete elements in `bytes`, and returns the number of their bytes.
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
        // An incomplete element stays, and its beginning moves to the front.
        if depth == 0 { start = place }
        place -= start
        return start
    }
}
