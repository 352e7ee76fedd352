import XML

/// Input: the bytes of a stream from the XMPP server. If they begin with `<?` or `<stream`, they are the whole stream.
/// Otherwise the target puts an ordinary header before them.
///
/// Rules: The events are the same however the bytes are cut into chunks. The elements keep the limits, and can be
/// written and read again.
extension FuzzTarget {
    static let xmlStream = FuzzTarget(name: "xml-stream") { bytes in
        // Read the bytes twice: `PlainReader` reads only namespaces that libxml2 has accepted before.
        let pieces = isWhole(bytes) ? [bytes] : [header, bytes, bytes]
        let stream = Array(pieces.joined())
        var luck = InputLuck(bytes)
        for limits in [XMLLimits(), tight] {
            let whole = Outcome(pieces.map { $0[...] }, limits)
            whole.checkLimits(limits)
            Outcome(stream.indices.map { stream[$0...$0] }, limits).compare(to: whole)
            Outcome(luck.pieces(of: stream, longest: 40), limits).compare(to: whole)
            for case .element(let element) in whole.events { checkRoundTrip(element) }
        }
    }

    private static func isWhole(_ bytes: [UInt8]) -> Bool {
        bytes.starts(with: "<?".utf8) || bytes.starts(with: "<stream".utf8)
    }

    private static let header = Array(
        ("<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' "
            + "xmlns:stream='http://etherx.jabber.org/streams' id='s1'>").utf8)

    private static let tight: XMLLimits = {
        var limits = XMLLimits()
        limits.maxStanzaBytes = 220
        limits.maxDepth = 8
        limits.maxAttributes = 5
        limits.maxNameBytes = 40
        limits.maxHeaderBytes = 200
        return limits
    }()

    static func checkRoundTrip(_ element: Element) {
        // Writing declares each prefix where it is used, so the written element may be over a limit that the element
        // itself keeps.
        guard element.isPlainlyWithin(XMLLimits()) else { return }
        let text = element.xml(defaultNamespace: "jabber:client")
        guard text.utf8.count <= XMLLimits().maxStanzaBytes else { return }
        let again = try? Element(parsing: text, defaultNamespace: "jabber:client")
        require(again == element, "written as \(text), it is read as \(String(describing: again)), not \(element)")
    }
}

/// The result of reading a stream.
private struct Outcome {
    var events: [StreamEvent] = []
    var error: XMLError?

    init(_ pieces: [ArraySlice<UInt8>], _ limits: XMLLimits) {
        let parser = StreamParser(limits: limits, contentNamespaces: ["jabber:component:accept": "jabber:client"])
        for piece in pieces where error == nil {
            piece.withUnsafeBytes { bytes in
                do throws(XMLError) {
                    try parser.push(bytes) { events.append($0) }
                } catch {
                    self.error = error
                }
            }
        }
    }

    /// Compares with the result of the uncut stream. An error may be found at another byte, but the events before it
    /// must be the same.
    func compare(to whole: Outcome) {
        if error == nil, whole.error == nil {
            return require(events == whole.events, "cut, it gives \(events), not \(whole.events)")
        }
        let isSame = events.starts(with: whole.events) || whole.events.starts(with: events)
        require(isSame, "cut, it gives \(events) and \(String(describing: error)), not \(whole)")
    }

    func checkLimits(_ limits: XMLLimits) {
        require(events.dropFirst().allSatisfy { if case .opened = $0 { false } else { true } }, "opened twice")
        for event in events {
            switch event {
            case .element(let element): require(element.isWithin(limits, level: 1), "beyond a limit: \(element)")
            case .skipped(let start, _):
                require(start.children.isEmpty && start.attributes.count <= 5, "skipped with too much: \(start)")
            case .opened, .closed: break
            }
        }
    }
}

extension Element {
    fileprivate func isWithin(_ limits: XMLLimits, level: Int) -> Bool {
        level <= limits.maxDepth && attributes.count <= limits.maxAttributes && name.utf8.count <= limits.maxNameBytes
            && elements.allSatisfy { $0.isWithin(limits, level: level + 1) }
    }

    /// Whether the element is within the limits even with the declarations and prefixes that the writer adds.
    fileprivate func isPlainlyWithin(_ limits: XMLLimits) -> Bool {
        attributes.count * 2 + 1 <= limits.maxAttributes
            && attributes.allSatisfy { $0.name.utf8.count + 8 <= limits.maxNameBytes }
            && elements.allSatisfy { $0.isPlainlyWithin(limits) }
    }
}
