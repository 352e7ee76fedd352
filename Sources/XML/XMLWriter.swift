/// Writes elements as XML into one growing buffer of bytes, which is reused from turn to turn.
///
/// Element and attribute names are written as they are: they come from the program or from a parser.
package struct XMLWriter {
    /// What has been written so far.
    package var bytes: [UInt8] = []
    private static let xml = "http://www.w3.org/XML/1998/namespace"

    package init() {}

    package mutating func removeAll(keepingCapacity: Bool = true) {
        bytes.removeAll(keepingCapacity: keepingCapacity)
    }

    /// Writes an element where `defaultNamespace` is the namespace of names without prefix. Namespaces are declared
    /// where they change; prefixes are used for attributes only.
    package mutating func write(_ element: Element, defaultNamespace: String) {
        append(UInt8(ascii: "<"))
        append(element.name)
        if element.namespace != defaultNamespace {
            append(" xmlns='")
            escape(element.namespace, Self.inAttribute)
            append(UInt8(ascii: "'"))
        }
        if !element.attributes.isEmpty { write(element.attributes) }
        guard !element.children.isEmpty else { return append("/>") }
        append(UInt8(ascii: ">"))
        for child in element.children {
            switch child {
            case .element(let child): write(child, defaultNamespace: element.namespace)
            case .text(let text): escape(text, Self.inText)
            }
        }
        append("</")
        append(element.name)
        append(UInt8(ascii: ">"))
    }

    /// Writes markup of the program's own, such as a stream header.
    package mutating func write(markup: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: markup.utf8Start, count: markup.utf8CodeUnitCount))
    }

    /// Writes text so that it is safe between tags and between quotes of either kind.
    package mutating func write(escaping text: String) { escape(text, Self.inAttribute) }

    private mutating func write(_ attributes: [Attribute]) {
        for (index, attribute) in attributes.enumerated() {
            append(UInt8(ascii: " "))
            if attribute.namespace == Self.xml {
                append("xml:")
            } else if !attribute.namespace.isEmpty {
                let prefix = "ns\(index)"
                append("xmlns:\(prefix)='")
                escape(attribute.namespace, Self.inAttribute)
                append("' \(prefix):")
            }
            append(attribute.name)
            append("='")
            escape(attribute.value, Self.inAttribute)
            append(UInt8(ascii: "'"))
        }
    }

    private mutating func append(_ byte: UInt8) { bytes.append(byte) }

    private mutating func append(_ text: String) {
        let done: Void? = text.utf8.withContiguousStorageIfAvailable { bytes.append(contentsOf: $0) }
        if done == nil { bytes.append(contentsOf: text.utf8) }
    }
}

extension XMLWriter {
    /// Bits of the bytes below 64 that may not stand as they are: controls, `&`, `<`, `>` and CR, which a parser
    /// would turn into LF; in attributes also TAB, LF (turned into spaces) and quotes.
    private static let inText = mask(UInt64(0xFFFF_FFFF) & ~(1 << 0x09) & ~(1 << 0x0A))
    private static let inAttribute = mask(UInt64(0xFFFF_FFFF) | 1 << 0x22 | 1 << 0x27)

    private static func mask(_ bits: UInt64) -> UInt64 { bits | 1 << 0x26 | 1 << 0x3C | 1 << 0x3E }

    private mutating func escape(_ text: String, _ special: UInt64) {
        let done: Void? = text.utf8.withContiguousStorageIfAvailable { escape($0, special) }
        if done == nil { Array(text.utf8).withUnsafeBufferPointer { escape($0, special) } }
    }

    private mutating func escape(_ text: UnsafeBufferPointer<UInt8>, _ special: UInt64) {
        var written = 0
        var index = 0
        while index < text.count {
            let byte = text[index]
            let width = Self.needsEscape(byte, special) ? Self.width(of: text, at: index) : 0
            guard width > 0 else {
                index += 1
                continue
            }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[written..<index]))
            append(Self.replacement(for: byte))
            index += width
            written = index
        }
        bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[written...]))
    }

    @inline(__always)
    private static func needsEscape(_ byte: UInt8, _ special: UInt64) -> Bool {
        byte < 64 ? (special >> UInt64(byte)) & 1 == 1 : byte == 0xEF
    }

    /// How many bytes to replace. 0xEF may begin U+FFFE or U+FFFF, which XML forbids, or a character that it allows.
    private static func width(of text: UnsafeBufferPointer<UInt8>, at index: Int) -> Int {
        guard text[index] == 0xEF else { return 1 }
        guard index + 2 < text.count else { return 0 }
        return text[index + 1] == 0xBF && text[index + 2] >= 0xBE ? 3 : 0
    }

    private static func replacement(for byte: UInt8) -> String {
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
