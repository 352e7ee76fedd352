import XML

/// The outcome of feeding a text to a parser: the events, and the error at the end if there was one.
struct Outcome: Equatable {
    var events: [StreamEvent] = []
    var error: XMLError?

    /// The stanzas that arrived whole.
    var elements: [Element] {
        events.compactMap { if case .element(let element) = $0 { element } else { nil } }
    }
}

/// A component stream: a header, the given body, and the end unless the stream is left open.
enum Stream {
    static let header = """
        <?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' \
        xmlns:stream='http://etherx.jabber.org/streams' id='s1' from='gw.example'>
        """

    static func feed(_ body: String, limits: XMLLimits = XMLLimits(), chunk: Int = .max) -> Outcome {
        feed(raw: Array((header + body).utf8), limits: limits, chunk: chunk)
    }

    static func feed(raw: [UInt8], limits: XMLLimits = XMLLimits(), chunk: Int = .max) -> Outcome {
        let parser = StreamParser(
            limits: limits, contentNamespaces: ["jabber:component:accept": "jabber:client"])
        return feed(raw, to: parser, chunk: chunk)
    }

    static func feed(_ bytes: [UInt8], to parser: StreamParser, chunk: Int = .max) -> Outcome {
        var outcome = Outcome()
        outcome.error = feed(bytes, to: parser, chunk: chunk) { outcome.events.append($0) }
        return outcome
    }

    static func feed(
        _ bytes: [UInt8], to parser: StreamParser, chunk: Int = .max, _ handle: (StreamEvent) -> Void
    ) -> XMLError? {
        bytes.withUnsafeBytes { bytes in
            var start = 0
            do throws(XMLError) {
                while start < bytes.count {
                    let end = bytes.count - start > chunk ? start + chunk : bytes.count
                    try parser.push(UnsafeRawBufferPointer(rebasing: bytes[start..<end]), handle)
                    start = end
                }
                return nil
            } catch { return error }
        }
    }

    static func stanza(
        _ name: String, _ attributes: [Attribute] = [], _ children: [Element.Node] = []
    ) -> Element {
        Element(name, namespace: "jabber:client", attributes: attributes, children: children)
    }
}
