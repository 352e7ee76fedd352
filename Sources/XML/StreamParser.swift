import CLibXML2

/// Turns the bytes of one XML stream (RFC 6120 §4) into events, as they come in.
///
/// Order and content of the events do not depend on how the bytes are cut, and a stanza is reported with its last
/// byte. Not Sendable: the parser belongs to the owner of the socket. After an error the parser cannot be used any
/// more.
package final class StreamParser {
    private let receiver: TreeReceiver
    private let limits: XMLLimits
    private var context: ParserContext?
    /// Exclusive access is not checked, because every stanza uses it, and the scanner calls nothing.
    @exclusivity(unchecked) private var scanner: MarkupScanner
    /// The stream header as it was received, for the next context.
    private var header: [UInt8] = []
    /// The beginning of markup that is not complete yet; libxml2 gets only whole tags.
    private var held: [UInt8] = []
    /// The held bytes that were last passed to libxml2. After an error they show the sender.
    private var released: [UInt8] = []
    private var skip: (reason: SkipReason, start: Element?, digest: StartTagDigest)?
    private var failure: XMLError?
    /// The default namespace that the stream header declares, which is that of the stanzas. Nil if the header declares
    /// none, or has not come yet.
    package var declaredNamespace: String? { receiver.builder.declaredNamespace }
    private var isClosed = false
    /// After an error, the `from` of the stanza that contains the error. Nil if the error was in no stanza, or before
    /// the `from`. If the start tag itself is broken, this is the attribute as it was written, with its references.
    package private(set) var failedSender: String?

    /// - Parameter contentNamespaces: namespaces to rename as they come in, so that stanzas look alike on every kind
    ///   of stream.
    package init(limits: XMLLimits, contentNamespaces: [String: String]) {
        self.limits = limits
        receiver = TreeReceiver(TreeBuilder(renamed: contentNamespaces, limits: limits))
        scanner = MarkupScanner(limits: limits)
    }

    /// Parses bytes from the socket and hands over every complete event before it returns.
    ///
    /// Events that come before an error are handed over before the error is thrown. `handle` must not call this
    /// parser. Bytes after the end of the stream are ignored.
    package func push(_ bytes: UnsafeRawBufferPointer, _ handle: (StreamEvent) -> Void) throws(XMLError) {
        _ = try push(partOf: bytes) { event in
            handle(event)
            return true
        }
    }

    /// Parses bytes like `push(_:_:)`, but stops after the event for which `handle` returns false.
    ///
    /// - Returns: how many bytes have been taken. Push the other bytes again before any newer ones, and push even if
    ///   there are none: further events, an error or the end of the stream may wait in the parser.
    package func push(
        partOf bytes: UnsafeRawBufferPointer, while handle: (StreamEvent) -> Bool
    ) throws(XMLError) -> Int {
        guard deliver(handle) else { return 0 }
        if let failure { throw failure }
        let bytes = bytes.bindMemory(to: UInt8.self)
        var start = 0
        while start < bytes.count, !isClosed {
            let end = min(start + Self.pieceBytes, bytes.count)
            let (count, isWanted) = try take(UnsafeBufferPointer(rebasing: bytes[start..<end]), handle)
            start += count
            guard isWanted else { return start }
        }
        return bytes.count
    }

    private static let pieceBytes = 65_536
    private static let maxWaitingBytes = 1024

    /// Parses a piece, and returns how many of its bytes are taken, and whether the handler wants more events.
    private func take(
        _ piece: UnsafeBufferPointer<UInt8>, _ handle: (StreamEvent) -> Bool
    ) throws(XMLError) -> (Int, isWanted: Bool) {
        var taken = 0
        while taken < piece.count, !isClosed {
            let rest = UnsafeBufferPointer(rebasing: piece[taken...])
            if isBetweenStanzas, let (count, isWanted) = takePlain(rest, handle) {
                taken += count
                guard isWanted else { return (taken, false) }
                continue
            }
            let (stop, count) = scanner.scan(rest)
            let seen = UnsafeBufferPointer(rebasing: rest[..<count])
            react(to: stop, seen)
            if failure == nil { failure = receiver.builder.failure }
            if failure != nil { failedSender = sender(of: stop, seen) }
            scanner.advance(by: count)
            taken += count
            guard deliver(handle) else { return (taken, false) }
            if let failure { throw failure }
        }
        return (taken, true)
    }

    /// Hands over the stanza at the beginning of `bytes` if it is a plain one. Returns the number of its bytes, and
    /// whether the handler wants more events.
    private func takePlain(
        _ bytes: UnsafeBufferPointer<UInt8>, _ handle: (StreamEvent) -> Bool
    ) -> (Int, isWanted: Bool)? {
        var stanza = Element("", namespace: "")
        guard let count = receiver.builder.plain.read(bytes, into: &stanza) else { return nil }
        scanner.advance(by: count)
        let event = StreamEvent.element(consume stanza)
        let isWanted = handle(event)
        if case .element(var stanza) = consume event { receiver.builder.plain.recycle(&stanza) }
        return (count, isWanted)
    }

    /// Whether the next bytes begin a stanza, and libxml2 has finished with all earlier bytes. Bytes that libxml2
    /// still holds may turn out to be an error.
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

    /// Finds input on which libxml2 is stuck. A reference without its `;` makes libxml2 wait for the end of the
    /// reference, even behind the next tag, and look at all waiting bytes again each time. Otherwise libxml2 has
    /// parsed every whole tag, and all text but some hundred bytes; CDATA may wait for its end.
    private func checkProgress() {
        let isStuck = scanner.state == .text && (context?.waitingBytes ?? 0) > Self.maxWaitingBytes
        if isStuck || receiver.builder.depth != scanner.depth { receiver.builder.fail(.notWellFormed) }
    }

    /// Hands over the complete events until the handler wants no more. The other events stay in the parser.
    private func deliver(_ handle: (StreamEvent) -> Bool) -> Bool {
        let count = receiver.builder.events.count
        guard count > 0 else { return true }
        var next = 0
        var isWanted = true
        while next < count, isWanted {
            isWanted = handle(receiver.builder.events[next])
            next += 1
        }
        if next == count {
            receiver.builder.events.removeAll(keepingCapacity: true)
        } else {
            receiver.builder.events.removeFirst(next)
        }
        return isWanted
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

    /// Replaces the libxml2 context with a fresh one that has been fed with the stream header.
    private func renewContext() {
        context = nil
        receiver.builder.restart()
        guard let fresh = ParserContext(receiver: receiver) else { return failure = .resourceConstraint }
        header.withUnsafeBufferPointer { fresh.push($0) }
        context = fresh
    }

    /// Gives libxml2 the held bytes and the first `end` bytes, and holds the rest.
    private func forward(_ bytes: UnsafeBufferPointer<UInt8>, upTo end: Int) {
        if !released.isEmpty { released.removeAll(keepingCapacity: released.count < Self.pieceBytes) }
        guard end >= 0 else { return held.append(contentsOf: bytes) }
        if context?.isFull == true || receiver.builder.isContextTainted, receiver.builder.stanza == nil {
            renewContext()
        }
        if !held.isEmpty {
            held.withUnsafeBufferPointer { context?.push($0) }
            swap(&held, &released)
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
            start = stanza.withoutContent
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
        // If the name of the stanza itself is too long, nobody can be told.
        guard let markup = digest.markup else { return }
        receiver.builder.events = []
        markup.withUnsafeBufferPointer { context?.push($0) }
        let skipped: [StreamEvent] = receiver.builder.events.map { event in
            switch event {
            case .element(let element): .skipped(element.withoutContent, reason)
            // The reason must be the first one found: the digest may break another limit.
            case .skipped(let start, _): .skipped(start, reason)
            default: event
            }
        }
        receiver.builder.events = before + skipped
    }
}

extension StreamParser {
    /// The `from` of the stanza in progress, in which the stream has broken; nil if it is unknown.
    private func sender(of stop: MarkupScanner.Stop, _ seen: UnsafeBufferPointer<UInt8>) -> String? {
        if let start = skip?.start ?? receiver.builder.stanza { return start[attribute: "from"] }
        if var digest = skip?.digest {
            digest.consume(seen)
            return digest.sender
        }
        // Text between stanzas belongs to no stanza.
        if case .refused = stop, scanner.state == .text { return nil }
        var digest = StartTagDigest()
        if scanner.stanzaStart >= 0, scanner.stanzaStart < seen.count {
            digest.consume(seen[scanner.stanzaStart...])
        } else {
            digest.consume(released.isEmpty ? held : released)
            digest.consume(seen)
        }
        return digest.sender
    }
}
