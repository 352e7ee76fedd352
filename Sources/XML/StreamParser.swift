import CLibXML2

/// Turns the bytes of one XML stream (RFC 6120 §4) into events, as they come in.
///
/// Event order and content do not depend on how the bytes are cut, and a stanza is reported with its last byte.
/// Not Sendable: it belongs to whoever reads the socket. After an error it stays broken.
package final class StreamParser {
    private let receiver: TreeReceiver
    private let limits: XMLLimits
    private var context: ParserContext?
    private var scanner: MarkupScanner
    /// The stream header as it came, for the next context.
    private var header: [UInt8] = []
    /// The beginning of markup whose end has not come yet; libxml2 gets only whole tags.
    private var held: [UInt8] = []
    private var skip: (reason: SkipReason, start: Element?, digest: StartTagDigest)?
    private var failure: XMLError?
    private var isClosed = false

    /// - Parameter contentNamespaces: namespaces to rename as they come in, so that stanzas look alike whatever
    ///   stream they came on.
    package init(limits: XMLLimits, contentNamespaces: [String: String]) {
        self.limits = limits
        receiver = TreeReceiver(TreeBuilder(renamed: contentNamespaces, limits: limits))
        scanner = MarkupScanner(limits: limits)
    }

    /// Parses what has been read and hands over, before it returns, every event that is complete.
    ///
    /// Events before an error are handed over first. `handle` must not call back into this parser. Bytes after the
    /// end of the stream are ignored.
    package func push(
        _ bytes: UnsafeRawBufferPointer, _ handle: (StreamEvent) -> Void
    ) throws(XMLError) {
        let bytes = bytes.bindMemory(to: UInt8.self)
        var start = 0
        while start < bytes.count {
            let end = min(start + Self.pieceBytes, bytes.count)
            try take(UnsafeBufferPointer(rebasing: bytes[start..<end]), handle)
            start = end
        }
    }

    private static let pieceBytes = 65_536
    private static let maxWaitingBytes = 1024

    private func take(
        _ piece: UnsafeBufferPointer<UInt8>, _ handle: (StreamEvent) -> Void
    ) throws(XMLError) {
        var rest = piece
        while !rest.isEmpty, !isClosed {
            if let failure { throw failure }
            if isBetweenStanzas, let count = takePlain(rest, handle) {
                rest = UnsafeBufferPointer(rebasing: rest[count...])
                continue
            }
            let (stop, count) = scanner.scan(rest)
            let seen = UnsafeBufferPointer(rebasing: rest[..<count])
            react(to: stop, seen)
            scanner.advance(by: count)
            deliver(handle)
            if failure == nil { failure = receiver.builder.failure }
            if let failure { throw failure }
            rest = UnsafeBufferPointer(rebasing: rest[count...])
        }
    }

    /// Hands over the stanza that `bytes` begin with, if it is a plain one, and tells how many they are.
    private func takePlain(_ bytes: UnsafeBufferPointer<UInt8>, _ handle: (StreamEvent) -> Void) -> Int? {
        var stanza = Element("", namespace: "")
        guard let count = receiver.builder.plain.read(bytes, into: &stanza) else { return nil }
        scanner.advance(by: count)
        let event = StreamEvent.element(consume stanza)
        handle(event)
        if case .element(var stanza) = consume event { receiver.builder.plain.recycle(&stanza) }
        return count
    }

    /// Whether what comes next begins a stanza, and libxml2 has dealt with all before: what it still looks at may be
    /// an error.
    private var isBetweenStanzas: Bool {
        scanner.isBetweenStanzas && skip == nil && held.isEmpty && context?.waitingBytes == 0
    }

    private func react(to stop: MarkupScanner.Stop, _ seen: UnsafeBufferPointer<UInt8>) {
        switch stop {
        case .exhausted where skip != nil: skip?.digest.consume(seen)
        case .exhausted where context == nil: extendHeader(seen)
        case .exhausted, .stanzaComplete:
            forward(seen, upTo: scanner.isInsideMarkup ? scanner.tokenStart : seen.count)
            checkProgress()
        case .headerComplete:
            extendHeader(seen)
            openContext()
        case .streamComplete where context == nil:
            extendHeader(seen)
            openContext()
            isClosed = true
        case .streamComplete:
            forward(seen, upTo: seen.count)
            isClosed = true
        case .overLimit(let reason, let isOver):
            beginSkip(reason, seen)
            if isOver { endSkip() }
        case .skipped:
            skip?.digest.consume(seen)
            endSkip()
        case .refused(let error):
            if context != nil, skip == nil { forward(seen, upTo: max(scanner.tokenStart, 0)) }
            failure = error
        }
    }

    /// libxml2 waits for the end of a reference that no `;` ends, even behind the next tag, and looks at all that
    /// waits each time. Otherwise it has dealt with whole tags, and with all but some hundred bytes of text; CDATA may
    /// wait for its end.
    private func checkProgress() {
        let isStuck = scanner.state == .text && (context?.waitingBytes ?? 0) > Self.maxWaitingBytes
        if isStuck || receiver.builder.depth != scanner.depth { receiver.builder.fail(.notWellFormed) }
    }

    private func deliver(_ handle: (StreamEvent) -> Void) {
        guard !receiver.builder.events.isEmpty else { return }
        for event in receiver.builder.events { handle(event) }
        receiver.builder.events.removeAll(keepingCapacity: true)
    }
}

extension StreamParser {
    private func extendHeader(_ bytes: UnsafeBufferPointer<UInt8>) {
        header.append(contentsOf: bytes)
        if header.count > limits.maxHeaderBytes { failure = .policyViolation }
    }

    private func openContext() {
        guard failure == nil else { return }
        if !XMLDeclaration.allowsUTF8(header) { return failure = .unsupportedEncoding }
        renewContext()
    }

    /// Puts a fresh libxml2 context, fed with the stream header, in the place of the old one.
    private func renewContext() {
        context = nil
        receiver.builder.restart()
        guard let fresh = ParserContext(receiver: receiver) else { return failure = .resourceConstraint }
        header.withUnsafeBufferPointer { fresh.push($0) }
        context = fresh
    }

    /// Gives libxml2 what has been held and the first `end` bytes, and holds the rest.
    private func forward(_ bytes: UnsafeBufferPointer<UInt8>, upTo end: Int) {
        guard end >= 0 else { return held.append(contentsOf: bytes) }
        if context?.isFull == true, receiver.builder.stanza == nil { renewContext() }
        if !held.isEmpty {
            held.withUnsafeBufferPointer { context?.push($0) }
            held.removeAll(keepingCapacity: held.count < Self.pieceBytes)
        }
        var start = 0
        if context?.isFull == true, let boundary = scanner.lastStanzaEnd {
            context?.push(UnsafeBufferPointer(rebasing: bytes[..<boundary]))
            renewContext()
            start = boundary
        }
        context?.push(UnsafeBufferPointer(rebasing: bytes[start..<end]))
        if end < bytes.count { held.append(contentsOf: bytes[end...]) }
    }

    /// Forgets the stanza in progress except for its start tag.
    private func beginSkip(_ reason: SkipReason, _ seen: UnsafeBufferPointer<UInt8>) {
        var digest = StartTagDigest()
        var start: Element?
        if scanner.stanzaStart >= 0 {
            forward(UnsafeBufferPointer(rebasing: seen[..<scanner.stanzaStart]), upTo: scanner.stanzaStart)
            digest.consume(seen[scanner.stanzaStart...])
        } else if let stanza = receiver.builder.stanza {
            start = stanza.startTag
        } else {
            digest.consume(held)
            digest.consume(seen)
        }
        held = []
        skip = (reason, start, digest)
    }

    private func endSkip() {
        guard let (reason, start, digest) = skip else { return }
        skip = nil
        let before = receiver.builder.events
        renewContext()
        if let start { return receiver.builder.events = before + [.skipped(start, reason)] }
        // The name itself may be what was too long; then nobody can be told.
        guard let markup = digest.markup else { return }
        receiver.builder.events = []
        markup.withUnsafeBufferPointer { context?.push($0) }
        let skipped = receiver.builder.events.map { event in
            if case .element(let element) = event { StreamEvent.skipped(element.startTag, reason) } else { event }
        }
        receiver.builder.events = before + skipped
    }
}

extension Element {
    /// This element without children, and of its attributes those that an answer needs.
    fileprivate var startTag: Element {
        let attributes = attributes.filter {
            let key = $0.namespace.isEmpty ? $0.name : "xml:\($0.name)"
            return StartTagDigest.kept.contains(key) && $0.value.utf8.count <= StartTagDigest.maxValue
        }
        return Element(name, namespace: namespace, attributes: attributes)
    }
}
