import Basics

/// Writes elements as XML into one growing buffer of bytes, which is reused from turn to turn.
///
/// Names of elements and attributes are written unescaped. Namespaces must not contain a line feed, because ejabberd
/// does not allow it. The parser guarantees that.
package struct XMLWriter: ~Copyable {
    private var output = WriteBuffer()
    private static let xml = "http://www.w3.org/XML/1998/namespace"
    private static let xmlns = "http://www.w3.org/2000/xmlns/"

    package init() {}

    /// Number of bytes written so far.
    package var count: Int { output.count }

    /// The bytes written so far.
    package var bytes: [UInt8] { withBytes { Array($0) } }

    /// The bytes written so far, without a copy.
    package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result { output.withBytes(body) }

    /// Removes the bytes behind the first `count` bytes.
    package mutating func removeAll(after count: Int) { output.removeAll(after: count) }

    package mutating func removeAll(keepingCapacity: Bool = true) {
        if keepingCapacity { output.removeAll() } else { output = WriteBuffer() }
    }

    /// Writes an element at a place where `defaultNamespace` is the namespace of names without a prefix. Namespaces
    /// are declared where they change. Prefixes are used for attributes, and for elements in the namespace of `xml`.
    package mutating func write(_ element: Element, defaultNamespace: String) {
        write([element], defaultNamespace: defaultNamespace)
    }

    /// Writes elements one after the other.
    package mutating func write(_ elements: [Element], defaultNamespace: String) {
        // Elements are written in place: taking each out of the array would cost more than writing it.
        let elements = elements.span
        for index in elements.indices {
            write(markup: "<")
            output.append(elements[index].name)
            if elements[index].namespace != defaultNamespace {
                if elements[index].namespace.utf8.count >= 29, Self.isReserved(elements[index].namespace) {
                    output.removeAll(after: output.count - elements[index].name.utf8.count - 1)
                    writeReserved(elements[index], defaultNamespace: defaultNamespace)
                    continue
                }
                write(" xmlns='", elements[index].namespace)
            }
            if !elements[index].attributes.isEmpty { write(elements[index].attributes) }
            guard !elements[index].content.isEmpty else {
                write(markup: "/>")
                continue
            }
            write(markup: ">")
            write(elements[index].content, defaultNamespace: elements[index].namespace)
            write(markup: "</")
            output.append(elements[index].name)
            write(markup: ">")
        }
    }

    /// Whether a namespace may not be declared by `xmlns` or by a prefix of ours (Namespaces in XML §3). For such a
    /// declaration a server ends the stream, with all its users.
    private static func isReserved(_ namespace: String) -> Bool {
        // The length is compared first: most namespaces have another one.
        switch namespace.utf8.count {
        case 36: namespace == xml
        case 29: namespace == xmlns
        default: false
        }
    }

    /// Writes an element of the namespace that belongs to the prefix `xml`. No element can be in the namespace of
    /// `xmlns`; such an element is written without a namespace.
    private mutating func writeReserved(_ element: Element, defaultNamespace: String) {
        let name = element.namespace == Self.xml ? "xml:" + element.name : element.name
        output.append("<" + name)
        write(element.attributes)
        write(markup: ">")
        write(element.content, defaultNamespace: defaultNamespace)
        output.append("</" + name + ">")
    }

    private mutating func write(_ content: Element.Content, defaultNamespace: String) {
        switch content {
        case .elements(let elements): write(elements, defaultNamespace: defaultNamespace)
        case .text(let text): write(text: text)
        case .mixed(let nodes):
            for node in nodes {
                switch node {
                case .element(let child): write(child, defaultNamespace: defaultNamespace)
                case .text(let text): write(text: text)
                }
            }
        }
    }

    /// Writes markup that is part of the program, such as a stream header.
    package mutating func write(markup: StaticString) {
        output.append(UnsafeBufferPointer(start: markup.utf8Start, count: markup.utf8CodeUnitCount))
    }

    /// Writes text that is already markup.
    mutating func write(raw text: String) { output.append(text) }

    /// Writes text between tags.
    package mutating func write(text: String) { escape(text, Self.inText) }

    /// Writes text so that it is safe between tags and between quotes of either kind.
    package mutating func write(escaping text: String) { escape(text, Self.inAttribute) }

    /// Whether a text has no character that must be escaped, in text or in attributes.
    package static func isPlain(_ text: String) -> Bool {
        text.utf8.span.withUnsafeBufferPointer { firstSpecial(in: $0, from: 0) == nil }
    }

    /// Writes a text of which `isPlain` is true. A text that is written again and again, such as an address, need not be
    /// searched each time.
    package mutating func write(plain text: String) { output.append(text) }

    /// Writes an attribute whose name is part of the program; `opening` is everything up to its value, such as `
    /// id='`.
    package mutating func write(_ opening: StaticString, _ value: String) {
        write(markup: opening)
        escape(value, Self.inAttribute)
        write(markup: "'")
    }

    private mutating func write(_ attributes: [Attribute]) {
        let attributes = attributes.span
        for index in attributes.indices {
            let isPlain = attributes[index].namespace.isEmpty
            // No attribute can be in the namespace of `xmlns`.
            if !isPlain, attributes[index].namespace == Self.xmlns { continue }
            write(markup: " ")
            if !isPlain { writePrefix(attributes[index].namespace, number: index) }
            output.append(attributes[index].name)
            write("='", attributes[index].value)
        }
    }

    private mutating func writePrefix(_ namespace: String, number: Int) {
        guard namespace != Self.xml else { return write(markup: "xml:") }
        let prefix = "ns\(number)"
        output.append("xmlns:\(prefix)")
        write("='", namespace)
        output.append(" \(prefix):")
    }
}

extension XMLWriter {
    /// Bits of the bytes below 64 that must be escaped: controls, `&`, `<`, `>`, and CR, which a parser would turn
    /// into LF; in attributes also TAB and LF, which a parser would turn into spaces, and quotes.
    private static let inText = mask(UInt64(0xFFFF_FFFF) & ~(1 << 0x09) & ~(1 << 0x0A))
    private static let inAttribute = mask(UInt64(0xFFFF_FFFF) | 1 << 0x22 | 1 << 0x27)

    private static func mask(_ bits: UInt64) -> UInt64 { bits | 1 << 0x26 | 1 << 0x3C | 1 << 0x3E }

    private mutating func escape(_ text: String, _ special: UInt64) {
        text.utf8.span.withUnsafeBufferPointer { escape($0, special) }
    }

    private mutating func escape(_ text: UnsafeBufferPointer<UInt8>, _ special: UInt64) {
        var (written, index) = (0, 0)
        while let found = Self.firstSpecial(in: text, from: index) {
            let width = Self.needsEscape(text[found], special) ? Self.width(of: text, at: found) : 0
            index = found + max(width, 1)
            guard width > 0 else { continue }
            output.append(UnsafeBufferPointer(rebasing: text[written..<found]))
            write(markup: Self.replacement(for: text[found]))
            written = index
        }
        output.append(UnsafeBufferPointer(rebasing: text[written...]))
    }

    /// The index of the first byte at or after `start` that may need an escape, in text or in attributes. Most text has
    /// no such byte.
    private static func firstSpecial(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        ByteScan.firstIndex(in: UnsafeRawBufferPointer(text), from: start) { block in
            // Controls; `"`; `&` and `'`; `<` and `>`; the first byte of U+FFFE and U+FFFF.
            (block .< ByteScan.block(0x20)) .| (block .== ByteScan.block(0x22))
                .| ((block & ByteScan.block(0xFE)) .== ByteScan.block(0x26))
                .| ((block & ByteScan.block(0xFD)) .== ByteScan.block(0x3C))
                .| (block .== ByteScan.block(0xEF))
        }
    }

    @inline(__always)
    private static func needsEscape(_ byte: UInt8, _ special: UInt64) -> Bool {
        byte < 64 ? (special >> UInt64(byte)) & 1 == 1 : byte == 0xEF
    }

    /// How many bytes to replace. 0xEF may begin U+FFFE or U+FFFF, which XML forbids, or a character that XML allows.
    private static func width(of text: UnsafeBufferPointer<UInt8>, at index: Int) -> Int {
        guard text[index] == 0xEF else { return 1 }
        guard index + 2 < text.count else { return 0 }
        return text[index + 1] == 0xBF && text[index + 2] >= 0xBE ? 3 : 0
    }

    private static func replacement(for byte: UInt8) -> StaticString {
        switch byte {
        case UInt8(ascii: "&"): "&amp;"
        case UInt8(ascii: "<"): "&lt;"
        case UInt8(ascii: ">"): "&gt;"
        case UInt8(ascii: "'"): "&apos;"
        case UInt8(ascii: "\""): "&quot;"
        case 0x09: "&#9;"
        case 0x0A: "&#10;"
        case 0x0D: "&#13;"
        default: "\u{FFFD}"
        }
    }
}
