import CLibXML2

/// Holds the builder at a place in memory that does not move, where libxml2's callbacks find it.
final class TreeReceiver {
    /// Exclusive access is not checked, because every stanza uses it. This is safe, because the builder calls nothing
    /// that could use it again.
    @exclusivity(unchecked) var builder: TreeBuilder

    init(_ builder: TreeBuilder) { self.builder = builder }
}

/// Builds elements from libxml2's callbacks for one stream.
struct TreeBuilder {
    /// Finished events that nobody has taken yet.
    var events: [StreamEvent] = []
    /// The first error; callbacks after it are ignored.
    private(set) var failure: XMLError?
    private var names: NameTable
    private var open: [Element] = []
    private var text: [UInt8] = []
    /// Number of open elements, the stream's own included.
    private(set) var depth = 0
    private var announced = false
    /// Why the stanza in progress will not be handed over; its content is ignored up to its end. Nil if the stanza is
    /// good so far.
    private var refusal: SkipReason?
    /// Whether the parser context has reported an error in a stanza that was skipped. The context could go on, but a
    /// new one is safer.
    private(set) var isContextTainted = false
    /// Bytes of all namespace declarations that the writer will need for the stanza in progress. One declaration in
    /// the stream may serve a thousand elements, and the writer declares the namespace on each of them.
    private var namespaceBytes = 0
    private let maxNamespaceBytes: Int
    /// Reads most stanzas in place of libxml2. It is told which namespaces libxml2 has accepted.
    var plain: PlainReader

    private static let streams = "http://etherx.jabber.org/streams"

    init(renamed: [String: String], limits: XMLLimits) {
        names = NameTable(renamed: renamed)
        plain = PlainReader(limits: limits)
        maxNamespaceBytes = limits.maxStanzaBytes
    }

    /// The stanza being read: its start tag and the content so far.
    var stanza: Element? { open.first }

    /// Starts over for a new parser context, which is given the stream header again; the header is not reported twice.
    mutating func restart() {
        names.removeAll()
        open.removeAll(keepingCapacity: true)
        text.removeAll(keepingCapacity: true)
        depth = 0
        refusal = nil
        isContextTainted = false
    }

    /// The default namespace that the stream header declares, before it is renamed; nil if it declares none.
    private(set) var declaredNamespace: String?

    /// The namespaces that the start tag of the stream declares, as pairs of prefix and name.
    mutating func declared(_ namespaces: UnsafeMutablePointer<UnsafePointer<UInt8>?>, count: Int) {
        for index in 0..<count where namespaces[index * 2] == nil {
            declaredNamespace = namespaces[index * 2 + 1].map { String(cString: $0) }
            plain.contentNamespace = namespaces[index * 2 + 1].map { names[$0] }
        }
    }

    mutating func fail(_ error: XMLError) {
        if failure == nil { failure = error }
    }

    /// Takes an error report of libxml2. Reports about a start tag come before the tag.
    mutating func hear(_ complaint: ParserComplaint) {
        switch complaint {
        case .harmless: break
        case .brokenNamespaces(let error): refuse(.badNamespaces, orFail: error)
        case .broken(let error): fail(error)
        }
    }

    /// Refuses the stanza in progress, or the one that begins. The header of the stream cannot be refused, so there it
    /// fails with `error`.
    private mutating func refuse(_ reason: SkipReason, orFail error: XMLError) {
        guard depth > 0 else { return fail(error) }
        guard failure == nil, refusal == nil else { return }
        refusal = reason
        text.removeAll(keepingCapacity: true)
        guard !open.isEmpty else { return }
        open.removeSubrange(1...)
        open[0].content = .elements([])
    }

    mutating func start(
        _ name: UnsafePointer<UInt8>, prefix: UnsafePointer<UInt8>?, namespace: UnsafePointer<UInt8>?,
        attributes: UnsafeMutablePointer<UnsafePointer<UInt8>?>?, count: Int
    ) {
        guard failure == nil else { return }
        if refusal != nil, depth > 1 { return depth += 1 }
        if prefix != nil, namespace == nil { refuse(.badNamespaces, orFail: .badNamespacePrefix) }
        var element = Element(names[name], namespace: namespace.map { names[$0] } ?? "")
        if open.isEmpty { namespaceBytes = 0 }
        if let namespace, open.isEmpty || open[open.count - 1].namespace != element.namespace { weigh(namespace) }
        if let attributes, count > 0 { read(attributes, count: count, into: &element.attributes) }
        if prefix == nil, let namespace {
            plain.namespaces.learn(
                UnsafeBufferPointer(start: namespace, count: Int(xmlStrlen(namespace))), name: element.namespace)
        }
        depth += 1
        // Otherwise all following stanzas would count as content of the inner stream, and none would be passed on.
        if depth == 2, element.name == "stream", element.namespace == Self.streams { return fail(.badFormat) }
        guard depth > 1 else {
            if !announced { events.append(.opened(element)) }
            announced = true
            return
        }
        // A refused stanza keeps its start tag.
        guard refusal == nil || depth == 2 else { return }
        flushText()
        open.append(element)
    }

    /// Adds the bytes that `XMLWriter` will need to declare a namespace, and refuses a namespace that may not be
    /// written.
    ///
    /// ejabberd's expat separates namespace and name with a line feed. So it rejects a namespace that contains one, and
    /// ends the stream. Such namespaces are refused. They can only arrive as `&#10;`.
    private mutating func weigh(_ namespace: UnsafePointer<UInt8>) {
        let count = Int(xmlStrlen(namespace))
        namespaceBytes += count
        if memchr(namespace, 0x0A, count) != nil { refuse(.badNamespaces, orFail: .notWellFormed) }
        if namespaceBytes > maxNamespaceBytes { refuse(.tooLarge, orFail: .policyViolation) }
    }

    /// Reads attributes, each given as five pointers: name, prefix, namespace, first byte of the value, byte behind
    /// the value.
    private mutating func read(
        _ raw: UnsafeMutablePointer<UnsafePointer<UInt8>?>, count: Int, into attributes: inout [Attribute]
    ) {
        attributes.reserveCapacity(count)
        for index in 0..<count {
            let field = raw + index * 5
            guard let name = field[0], let start = field[3], let end = field[4] else { continue }
            guard field[1] == nil || field[2] != nil else {
                refuse(.badNamespaces, orFail: .badNamespacePrefix)
                continue
            }
            if let namespace = field[2] { weigh(namespace) }
            let value = String(decoding: UnsafeBufferPointer(start: start, count: end - start), as: UTF8.self)
            attributes.append(Attribute(names[name], value, namespace: field[2].map { names[$0] } ?? ""))
        }
    }

    mutating func end() {
        guard failure == nil else { return }
        depth -= 1
        guard depth > 0 else { return events.append(.closed) }
        if let refusal { return endRefused(refusal) }
        flushText()
        guard let element = open.popLast() else { return fail(.notWellFormed) }
        if open.isEmpty {
            events.append(.element(element))
        } else {
            open[open.count - 1].append(element)
        }
    }

    private mutating func endRefused(_ reason: SkipReason) {
        guard depth == 1, let stanza = open.popLast() else { return }
        events.append(.skipped(stanza.withoutContent, reason))
        refusal = nil
        isContextTainted = true
    }

    mutating func characters(_ bytes: UnsafeBufferPointer<UInt8>) {
        // The scanner has already checked text outside stanzas.
        guard failure == nil, !open.isEmpty, refusal == nil else { return }
        text.append(contentsOf: bytes)
    }

    private mutating func flushText() {
        guard !text.isEmpty else { return }
        if !open.isEmpty {
            open[open.count - 1].content.append(String(decoding: text, as: UTF8.self))
        }
        text.removeAll(keepingCapacity: true)
    }
}
