import CLibXML2

/// Where libxml2's callbacks find the builder: a place that does not move.
final class TreeReceiver {
    var builder: TreeBuilder

    init(_ builder: TreeBuilder) { self.builder = builder }
}

/// Makes elements of libxml2's callbacks for one stream.
struct TreeBuilder {
    /// Finished events that nobody has taken yet.
    var events: [StreamEvent] = []
    /// The first thing that went wrong; callbacks after it are ignored.
    private(set) var failure: XMLError?
    private var names: NameTable
    private var open: [Element] = []
    private var text: [UInt8] = []
    /// Elements open now, the stream's own included.
    private(set) var depth = 0
    private var announced = false
    /// Reads most stanzas in our place. It is told what libxml2 knows.
    var plain: PlainReader

    init(renamed: [String: String], limits: XMLLimits) {
        names = NameTable(renamed: renamed)
        plain = PlainReader(limits: limits)
    }

    /// The start tag and what is there so far of the stanza being read.
    var stanza: Element? { open.first }

    /// Starts over for a new parser context, which gets the stream header again; the header is not reported twice.
    mutating func restart() {
        names.removeAll()
        open.removeAll(keepingCapacity: true)
        text.removeAll(keepingCapacity: true)
        depth = 0
    }

    /// The namespaces that the start tag of the stream declares, as pairs of prefix and name.
    mutating func declared(_ namespaces: UnsafeMutablePointer<UnsafePointer<UInt8>?>, count: Int) {
        for index in 0..<count where namespaces[index * 2] == nil {
            plain.contentNamespace = namespaces[index * 2 + 1].map { names[$0] }
        }
    }

    mutating func fail(_ error: XMLError) {
        if failure == nil { failure = error }
    }

    mutating func start(
        _ name: UnsafePointer<UInt8>, prefix: UnsafePointer<UInt8>?, namespace: UnsafePointer<UInt8>?,
        attributes: UnsafeMutablePointer<UnsafePointer<UInt8>?>?, count: Int
    ) {
        guard failure == nil else { return }
        guard prefix == nil || namespace != nil else { return fail(.badNamespacePrefix) }
        var element = Element(names[name], namespace: namespace.map { names[$0] } ?? "")
        if let attributes, count > 0 { read(attributes, count: count, into: &element.attributes) }
        if prefix == nil, let namespace {
            plain.namespaces.learn(
                UnsafeBufferPointer(start: namespace, count: Int(xmlStrlen(namespace))), name: element.namespace)
        }
        depth += 1
        guard depth > 1 else {
            if !announced { events.append(.opened(element)) }
            announced = true
            return
        }
        flushText()
        open.append(element)
    }

    /// Attributes come as five pointers each: name, prefix, namespace, first byte of the value, byte behind it.
    private mutating func read(
        _ raw: UnsafeMutablePointer<UnsafePointer<UInt8>?>, count: Int, into attributes: inout [Attribute]
    ) {
        attributes.reserveCapacity(count)
        for index in 0..<count {
            let field = raw + index * 5
            guard let name = field[0], let start = field[3], let end = field[4] else { continue }
            guard field[1] == nil || field[2] != nil else { return fail(.badNamespacePrefix) }
            let value = String(decoding: UnsafeBufferPointer(start: start, count: end - start), as: UTF8.self)
            attributes.append(Attribute(names[name], value, namespace: field[2].map { names[$0] } ?? ""))
        }
    }

    mutating func end() {
        guard failure == nil else { return }
        depth -= 1
        guard depth > 0 else { return events.append(.closed) }
        flushText()
        guard let element = open.popLast() else { return fail(.notWellFormed) }
        if open.isEmpty {
            events.append(.element(element))
        } else {
            open[open.count - 1].append(element)
        }
    }

    mutating func characters(_ bytes: UnsafeBufferPointer<UInt8>) {
        // Text outside stanzas has been checked before it came here.
        guard failure == nil, !open.isEmpty else { return }
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
