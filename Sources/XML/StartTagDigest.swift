/// Reads the raw start tag of a stanza that is over a limit, and keeps the parts that an answer needs, in bounded
/// memory.
///
/// It is fed with the bytes from the `<` on, and ignores all bytes behind the tag.
struct StartTagDigest {
    /// Attributes that an answer needs.
    static let kept: Set<String> = ["to", "from", "id", "type", "xml:lang"]
    private static let maxName = 1024
    static let maxValue = 4096
    private static let maxKept = 16

    private enum State { case name, between, attribute, equals, value(UInt8), done }

    private var state = State.name
    private var bytes: [UInt8] = []
    private var name: [UInt8] = []
    private var value: [UInt8] = []
    private var count = 0
    /// The value of `from` as it was written; nil until it has been read.
    private(set) var sender: String?

    var isDone: Bool { if case .done = state { true } else { false } }

    /// The shortened tag as an empty element; nil if the tag is not complete or its name is too long.
    var markup: [UInt8]? { isDone && bytes.count > 1 ? bytes + Array("/>".utf8) : nil }

    mutating func consume(_ input: some Sequence<UInt8>) {
        for byte in input {
            if isDone { return }
            take(byte)
        }
    }

    private mutating func take(_ byte: UInt8) {
        switch state {
        case .name:
            if bytes.count > 1, isEnd(byte) { return between(byte) }
            bytes.append(byte)
            if bytes.count > Self.maxName { bytes = [] }
        case .between: between(byte)
        case .attribute:
            if byte == UInt8(ascii: "=") {
                state = .equals
            } else if byte > 0x20, name.count <= Self.maxName {
                name.append(byte)
            }
        case .equals:
            guard byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") else { return }
            value = []
            state = .value(byte)
        case .value(let quote):
            if byte == quote { return keep(quote) }
            if value.count <= Self.maxValue { value.append(byte) }
        case .done: break
        }
    }

    private func isEnd(_ byte: UInt8) -> Bool {
        byte <= 0x20 || byte == UInt8(ascii: ">") || byte == UInt8(ascii: "/")
    }

    private mutating func between(_ byte: UInt8) {
        state = .between
        if byte == UInt8(ascii: ">") {
            state = .done
        } else if !isEnd(byte) {
            name = [byte]
            state = .attribute
        }
    }

    private mutating func keep(_ quote: UInt8) {
        state = .between
        let key = String(decoding: name, as: UTF8.self)
        if key == "from", sender == nil { sender = String(decoding: value, as: UTF8.self) }
        let isWanted = Self.kept.contains(key) || key == "xmlns" || key.hasPrefix("xmlns:")
        guard isWanted, value.count <= Self.maxValue, count < Self.maxKept else { return }
        count += 1
        bytes += [0x20] + name + [UInt8(ascii: "="), quote] + value + [quote]
    }
}

extension Element {
    /// The element without its children, and with only those attributes that an answer needs.
    var withoutContent: Element {
        let attributes = attributes.filter {
            let key = $0.namespace.isEmpty ? $0.name : "xml:\($0.name)"
            return StartTagDigest.kept.contains(key) && $0.value.utf8.count <= StartTagDigest.maxValue
        }
        return Element(name, namespace: namespace, attributes: attributes)
    }
}
