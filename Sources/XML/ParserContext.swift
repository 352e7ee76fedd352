import CLibXML2

/// One libxml2 push parser that reports to a `TreeReceiver`.
///
/// libxml2 keeps every distinct name of a document for ever, so a context is thrown away now and then
/// (`isFull`), and the next one is given the stream header again.
final class ParserContext {
    private let context: xmlParserCtxtPtr

    /// `receiver` must outlive the context. Nil if there is no memory.
    init?(receiver: TreeReceiver) {
        var callbacks = Self.callbacks
        let receiver = Unmanaged.passUnretained(receiver).toOpaque()
        guard Self.isReady, let context = xmlCreatePushParserCtxt(&callbacks, receiver, nil, 0, nil) else { return nil }
        // NOENT: without it `&amp;` in attributes arrives as a reference. IGNORE_ENC: XMPP is UTF-8 whatever is
        // declared. Not HUGE: it makes large attributes quadratic.
        let options = XML_PARSE_NOENT.rawValue | XML_PARSE_NONET.rawValue | XML_PARSE_IGNORE_ENC.rawValue
        xmlCtxtUseOptions(context, Int32(options))
        self.context = context
    }

    deinit { xmlFreeParserCtxt(context) }

    /// More than 10,000 names or 1 MiB of them: time for a new context.
    var isFull: Bool {
        guard let names = context.pointee.dict else { return false }
        return xmlDictSize(names) > 10_000 || xmlDictGetUsage(names) > 1_048_576
    }

    /// Bytes that have been pushed and wait for more to come.
    var waitingBytes: Int {
        guard let input = context.pointee.input, let current = input.pointee.cur, let end = input.pointee.end else {
            return 0
        }
        return end - current
    }

    /// Parses at most 64 KiB. What goes wrong is told to the builder.
    func push(_ bytes: UnsafeBufferPointer<UInt8>) {
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
        // The same function for both keeps libxml2 from guessing which white space matters.
        callbacks.ignorableWhitespace = callbacks.characters
        callbacks.cdataBlock = callbacks.characters
        callbacks.comment = { receiver, _ in with(receiver) { $0.fail(.restricted) } }
        callbacks.processingInstruction = { receiver, _, _ in with(receiver) { $0.fail(.restricted) } }
        callbacks.internalSubset = { receiver, _, _, _ in with(receiver) { $0.fail(.restricted) } }
        callbacks.serror = { receiver, error in
            guard let error = error?.pointee, error.level.rawValue >= XML_ERR_ERROR.rawValue else { return }
            with(receiver) { $0.fail(XMLError(code: error.code)) }
        }
        return callbacks
    }
}

/// One exclusive access for the whole callback: the checks would otherwise cost a tenth of all parsing.
@inline(__always)
private func with(_ receiver: UnsafeMutableRawPointer?, _ body: (inout TreeBuilder) -> Void) {
    guard let receiver else { return }
    Unmanaged<TreeReceiver>.fromOpaque(receiver)._withUnsafeGuaranteedRef { body(&$0.builder) }
}

extension XMLError {
    /// The outcome for an error number of libxml2.
    init(code: Int32) {
        switch UInt32(bitPattern: code) {
        case XML_ERR_UNDECLARED_ENTITY.rawValue, XML_WAR_UNDECLARED_ENTITY.rawValue: self = .restricted
        case XML_NS_ERR_UNDEFINED_NAMESPACE.rawValue: self = .badNamespacePrefix
        case XML_ERR_INVALID_ENCODING.rawValue, XML_ERR_UNSUPPORTED_ENCODING.rawValue,
            XML_ERR_UNKNOWN_ENCODING.rawValue, XML_I18N_CONV_FAILED.rawValue:
            self = .unsupportedEncoding
        case XML_ERR_NO_MEMORY.rawValue: self = .resourceConstraint
        default: self = .notWellFormed
        }
    }
}
