import CLibXML2

/// Reads the usual kind of stanza without libxml2 and in half the time: a stanza that lies in one piece of bytes, with
/// plain ASCII names without prefixes, known namespaces, and no references but the five predefined ones.
///
/// Any other stanza, allowed or not, makes the reader give up without a trace. libxml2, which knows all rules, reads
/// that stanza. So every result of this reader must equal the result of libxml2.
struct PlainReader {
    /// Namespaces that libxml2 has accepted.
    var namespaces = NamespaceTable()
    /// The namespace, as it is called in memory, of stanzas that declare none; nil if the stream has none.
    var contentNamespace: String?
    private let maxBytes: Int
    private let maxDepth: Int
    private let maxAttributes: Int
    private let maxName: Int
    private var names = ShortNameTable()
    private var addresses = TextTable()
    private var scratch: [UInt8] = []
    /// The memory of the last stanza's attributes, free to be used again unless somebody kept them.
    private var spare: [Attribute] = []

    init(limits: XMLLimits) {
        maxBytes = limits.maxStanzaBytes
        maxDepth = min(limits.maxDepth, 16)
        maxAttributes = min(limits.maxAttributes, 12)
        maxName = min(limits.maxNameBytes, 64)
    }

    /// Reads the stanza at the beginning of `bytes` into an empty element, and returns its number of bytes; nil if
    /// libxml2 has to read the stanza.
    mutating func read(_ bytes: UnsafeBufferPointer<UInt8>, into stanza: inout Element) -> Int? {
        guard let contentNamespace, bytes.first == UInt8(ascii: "<") else { return nil }
        var cursor = PlainCursor(bytes)
        cursor.index = 1
        stanza.namespace = contentNamespace
        swap(&spare, &stanza.attributes)
        return read(&stanza, &cursor, depth: 1) && cursor.index <= maxBytes ? cursor.index : nil
    }

    /// Takes back a stanza that has been dealt with. The next stanza's attributes overwrite its attributes, unless
    /// somebody keeps them.
    mutating func recycle(_ stanza: inout Element) {
        swap(&spare, &stanza.attributes)
        spare.removeAll(keepingCapacity: true)
    }

    /// Reads an element from behind the `<` of its start tag to behind the `>` of its end tag.
    private mutating func read(_ element: inout Element, _ cursor: inout PlainCursor, depth: Int) -> Bool {
        guard depth <= maxDepth, let name = cursor.name(), name.count < maxName else { return false }
        element.name = names.read(name).name
        guard let isEmpty = startTag(&cursor, of: &element) else { return false }
        if isEmpty { return true }
        while true {
            guard let text = cursor.text() else { return false }
            if !text.isEmpty {
                guard let text = self.text(text, &cursor) else { return false }
                element.content.append(text)
            }
            // The cursor is behind the `<` that ended the text.
            if cursor.take(UInt8(ascii: "/")) { return cursor.takeEndTag(name) }
            var child = Element("", namespace: element.namespace, attributes: [], content: .elements([]))
            guard read(&child, &cursor, depth: depth + 1) else { return false }
            if depth == 1 { element.content.reserve() }
            element.content.append(consume child)
        }
    }

    /// Reads the attributes and the end of the start tag. Returns whether the tag ends the element; nil if libxml2 has
    /// to read the stanza.
    private mutating func startTag(_ cursor: inout PlainCursor, of element: inout Element) -> Bool? {
        var count = 0
        var hasNamespace = false
        var seenNames: UInt64 = 0
        while cursor.take(0x20) {
            guard let name = cursor.name(), name.count < maxName, let raw = cursor.quoted() else { return nil }
            count += 1
            if count == 1, element.attributes.capacity == 0 { element.attributes.reserveCapacity(5) }
            guard count <= maxAttributes else { return nil }
            if name.count == 5, name.isText("xmlns") {
                guard !hasNamespace, let namespace = namespaces.name(for: raw) else { return nil }
                hasNamespace = true
                element.namespace = namespace
            } else {
                guard let value = value(of: name, raw, &cursor) else { return nil }
                let (name, bit) = names.read(name)
                if seenNames & bit != 0, element.hasAttribute(name, namespace: "") { return nil }
                seenNames |= bit
                element.attributes.append(Attribute(name, value))
            }
        }
        if cursor.take(UInt8(ascii: ">")) { return false }
        return cursor.take(UInt8(ascii: "/")) && cursor.take(UInt8(ascii: ">")) ? true : nil
    }

    /// The value of an attribute. Values of `to` and `from` are addresses, and values of `type` are short names. The
    /// same values occur again and again, so tables keep them. The first letter of the attribute's name chooses the
    /// table.
    private mutating func value(
        of name: UnsafeBufferPointer<UInt8>, _ raw: UnsafeBufferPointer<UInt8>, _ cursor: inout PlainCursor
    ) -> String? {
        guard cursor.isASCII, !cursor.sawReference else { return text(raw, &cursor) }
        switch name.first {
        case UInt8(ascii: "t"): return name.count == 2 ? addresses.text(raw) : names.read(raw).name
        case UInt8(ascii: "f"): return addresses.text(raw)
        default: return text(raw, &cursor)
        }
    }

    /// The text that the bytes `raw` stand for.
    private mutating func text(_ raw: UnsafeBufferPointer<UInt8>, _ cursor: inout PlainCursor) -> String? {
        guard cursor.sawReference else { return text(raw, isASCII: cursor.isASCII) }
        scratch.removeAll(keepingCapacity: scratch.count < 4096)
        var index = 0
        while index < raw.count {
            guard raw[index] == UInt8(ascii: "&") else {
                scratch.append(raw[index])
                index += 1
                continue
            }
            let rest = UnsafeBufferPointer(rebasing: raw[index...])
            guard let (byte, count) = PlainCursor.reference(rest) else { return nil }
            scratch.append(byte)
            index += count
        }
        return scratch.withUnsafeBufferPointer { text($0, isASCII: cursor.isASCII) }
    }

    private func text(_ bytes: UnsafeBufferPointer<UInt8>, isASCII: Bool) -> String? {
        isASCII ? String(decoding: bytes, as: UTF8.self) : String(validating: bytes, as: UTF8.self)
    }
}
