import CLibXML2

/// One libxml2 push parser that reports to a `TreeReceiver`.
///
/// libxml2 keeps every distinct name of a document for ever, so a full context (`isFull`) is thrown away, and the next
/// context is given the stream header again.
final class ParserContext {
    private let context: xmlParserCtxtPtr
    /// Whether the last byte was a CR. An LF that follows it belongs to the same line end.
    private var endsInReturn = false

    /// `receiver` must outlive the context. Nil if there is no memory.
    init?(receiver: TreeReceiver) {
        var callbacks = Self.callbacks
        let receiver = Unmanaged.passUnretained(receiver).toOpaque()
        guard Self.isReady, let context = xmlCreatePushParserCtxt(&callbacks, receiver, nil, 0, nil) else { return nil }
        // NOENT: without it, `&amp;` in attributes arrives as a reference. IGNORE_ENC: XMPP is UTF-8, whatever the
        // declaration says. HUGE is left out: it makes the cost of large attributes quadratic.
        let options = XML_PARSE_NOENT.rawValue | XML_PARSE_NONET.rawValue | XML_PARSE_IGNORE_ENC.rawValue
        xmlCtxtUseOptions(context, Int32(options))
        self.context = context
    }

    deinit { xmlFreeParserCtxt(context) }

    /// Whether libxml2 holds more than 10,000 names, or more than 1 MiB of them: it is time for a new context.
    var isFull: Bool {
        guard let names = context.pointee.dict else { return false }
        return xmlDictSize(names) > 10_000 || xmlDictGetUsage(names) > 1_048_576
    }

    /// Bytes that have been pushed and that libxml2 has not parsed, because it waits for more.
    var waitingBytes: Int {
        guard let input = context.pointee.input, let current = input.pointee.cur, let end = input.pointee.end else {
            return 0
        }
        return end - current
    }

    /// Parses at most 64 KiB. Errors are reported to the builder.
    func push(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let start = bytes.baseAddress, !bytes.isEmpty else { return }
        guard endsInReturn || memchr(start, 0x0D, bytes.count) != nil else { return pushNormalised(bytes) }
        Self.withLineFeeds(bytes, isBehindReturn: endsInReturn) { pushNormalised($0) }
        endsInReturn = bytes.last == 0x0D
    }

    /// Turns all line ends into line feeds (XML §2.11). libxml2 leaves them unchanged in CDATA that is pushed.
    private static func withLineFeeds(
        _ bytes: UnsafeBufferPointer<UInt8>, isBehindReturn: Bool, _ body: (UnsafeBufferPointer<UInt8>) -> Void
    ) {
        var previous: UInt8 = isBehindReturn ? 0x0D : 0
        var lines: [UInt8] = []
        lines.reserveCapacity(bytes.count)
        for byte in bytes {
            if byte != 0x0A || previous != 0x0D { lines.append(byte == 0x0D ? 0x0A : byte) }
            previous = byte
        }
        lines.withUnsafeBufferPointer(body)
    }

    private func pushNormalised(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let start = bytes.baseAddress, !bytes.isEmpty else { return }
        start.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
            _ = xmlParseChunk(context, $0, Int32(bytes.count), 0)
        }
    }

    private static let isReady: Bool = {
        xmlInitParser()
        return true
    }()
}

extension ParserContext {
    private static var callbacks: xmlSAXHandler {
        var callbacks = xmlSAXHandler()
        callbacks.initialized = UInt32(XML_SAX2_MAGIC)
        callbacks.startElementNs = { receiver, name, prefix, namespace, declarations, declared, count, _, attributes in
            guard let name else { return }
            with(receiver) {
                if $0.depth == 0, let declared { $0.declared(declared, count: Int(declarations)) }
                $0.start(name, prefix: prefix, namespace: namespace, attributes: attributes, count: Int(count))
            }
        }
        callbacks.endElementNs = { receiver, _, _, _ in with(receiver) { $0.end() } }
        callbacks.characters = { receiver, text, count in
            with(receiver) { $0.characters(UnsafeBufferPointer(start: text, count: Int(count))) }
        }
        // With the same function for both callbacks, libxml2 does not guess which white space matters.
        callbacks.ignorableWhitespace = callbacks.characters
        callbacks.cdataBlock = callbacks.characters
        callbacks.comment = { receiver, _ in with(receiver) { $0.fail(.restricted) } }
        callbacks.processingInstruction = { receiver, _, _ in with(receiver) { $0.fail(.restricted) } }
        callbacks.internalSubset = { receiver, _, _, _ in with(receiver) { $0.fail(.restricted) } }
        callbacks.serror = { receiver, error in
            guard let error = error?.pointee else { return }
            let complaint = ParserComplaint(error)
            with(receiver) { $0.hear(complaint) }
        }
        return callbacks
    }
}

/// Takes one exclusive access for the whole callback: checks of exclusivity would otherwise cost a tenth of all
/// parsing.
@inline(__always)
private func with(_ receiver: UnsafeMutableRawPointer?, _ body: (inout TreeBuilder) -> Void) {
    guard let receiver else { return }
    Unmanaged<TreeReceiver>.fromOpaque(receiver)._withUnsafeGuaranteedRef { body(&$0.builder) }
}
