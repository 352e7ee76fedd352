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
        var written = 0
        var index = Self.plainPrefix(of: text)
        while index < text.count {
            let byte = text[index]
            let width = Self.needsEscape(byte, special) ? Self.width(of: text, at: index) : 0
            guard width > 0 else {
                index += 1
                continue
            }
            output.append(UnsafeBufferPointer(rebasing: text[written..<index]))
            write(markup: Self.replacement(for: byte))
            index += width
            written = index
        }
        output.append(UnsafeBufferPointer(rebasing: text[written...]))
    }

    /// How many bytes at the beginning surely need no escape. Eight bytes are tested at a time; the last eight may
    /// overlap those before them. Nearly all text passes this test as a whole.
    private static func plainPrefix(of text: UnsafeBufferPointer<UInt8>) -> Int {
        let bytes = UnsafeRawBufferPointer(text)
        guard bytes.count >= 8 else { return text.firstIndex { needsEscape($0, inAttribute) } ?? text.count }
        let last = bytes.count &- 8
        var start = 0
        while start < last {
            guard !mayNeedEscape(bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self)) else { return start }
            start &+= 8
        }
        return mayNeedEscape(bytes.loadUnaligned(fromByteOffset: last, as: UInt64.self)) ? start : bytes.count
    }

    /// Whether one of eight bytes is a control, a quote, `&`, `<`, `>` or 0xEF. A few other bytes are taken for these.
    @inline(__always)
    private static func mayNeedEscape(_ word: UInt64) -> Bool {
        let high: UInt64 = 0x8080_8080_8080_8080
        let controls = (word &- 0x2020_2020_2020_2020) & ~word
        let quotes = zeros(word ^ 0x2222_2222_2222_2222) | zeros(word & 0xFEFE_FEFE_FEFE_FEFE ^ 0x2626_2626_2626_2626)
        let angles = zeros(word & 0xFDFD_FDFD_FDFD_FDFD ^ 0x3C3C_3C3C_3C3C_3C3C) | zeros(word ^ 0xEFEF_EFEF_EFEF_EFEF)
        return (controls | quotes | angles) & high != 0
    }

    /// The high bit of each byte that is zero, and perhaps of bytes after a zero.
    @inline(__always)
    private static func zeros(_ word: UInt64) -> UInt64 { (word &- 0x0101_0101_0101_0101) & ~word }

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
