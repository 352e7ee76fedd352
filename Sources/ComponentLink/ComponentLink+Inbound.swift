import Logging
import NIOCore
import XML
import XMPP

/// Inbound stanzas: from the bytes of the socket to the delegate, in one pass.
extension ComponentLink {
    func receivedBytes(_ bytes: ByteBuffer, from handler: StreamHandler) {
        guard handler === self.handler else { return }
        isInTurn = true
        liveness.heardFromServer(eventLoop.now)
        // The channel may deliver more bytes after reading has paused.
        guard unread.isEmpty, !isReadingPaused else { return unread.append(bytes) }
        parse(bytes)
    }

    /// Parses the bytes and gives the delegate stanza by stanza, until reading pauses. The link keeps the other bytes.
    private func parse(_ bytes: ByteBuffer, untilPaused mayPause: Bool = true) {
        guard let parser else { return parseForTLS(bytes) }
        do throws(XMLError) {
            let taken = try bytes.withBytes { bytes throws(XMLError) in
                try parser.push(partOf: bytes) { event in
                    received(event)
                    // The delegate may have ended the connection, or its answers may have filled the output.
                    return parser === self.parser && !(mayPause && isReadingPaused)
                }
            }
            guard parser === self.parser, mayPause, isReadingPaused else { return }
            unread.keep(bytes, from: taken)
            updateReading()
        } catch {
            guard parser === self.parser else { return }
            self.parser = nil
            perform(.malformed(error, sender: parser.failedSender.map(Self.oneLine)))
        }
    }

    /// Schedules the parsing of the unread bytes for a later turn of the event loop. They are not parsed at once,
    /// because the delegate may resume reading while it handles a stanza.
    func scheduleUnreadParsing() {
        guard !unread.isEmpty, !isReadingPaused, !isTakingUpUnread else { return }
        isTakingUpUnread = true
        let connection = connection
        eventLoop.assumeIsolated().execute { [self] in
            isTakingUpUnread = false
            guard connection == self.connection else { return scheduleUnreadParsing() }
            guard !isReadingPaused, let bytes = unread.take() else { return }
            isInTurn = true
            parse(bytes)
            finishTurn()
            updateReading()
        }
    }

    /// Parses all unread bytes, even if reading is paused. Call it when the connection has ended or is to be given up.
    func finishUnread() {
        guard let bytes = unread.take() else { return }
        isInTurn = true
        parse(bytes, untilPaused: false)
        finishTurn()
    }

    func turnEnded(from handler: StreamHandler) {
        guard handler === self.handler else { return }
        finishTurn()
    }

    /// Tells the delegate that the turn is over, and sends everything that was written in it.
    func finishTurn() {
        guard isInTurn else { return }
        isInTurn = false
        if mustCallTurnEnded {
            mustCallTurnEnded = false
            isFlushScheduled = true
            delegate?.turnEnded()
            isFlushScheduled = false
        }
        flush()
    }

    func disconnected(_ handler: StreamHandler) {
        guard handler === self.handler else { return }
        finishUnread()
        perform(.disconnected)
    }

    func received(_ event: StreamEvent) {
        switch event {
        case .element(let element):
            if machine.takesStanzas, element.namespace == Stanza.namespace {
                receivedStanza(element)
            } else {
                receivedControl(element)
            }
        case .skipped(let start, let reason):
            guard machine.takesStanzas else { return }
            if reason == .badNamespaces { counters.malformed += 1 } else { counters.oversized += 1 }
            let sender = Self.oneLine(start[attribute: "from"] ?? "unknown")
            // Log at debug only, because a user can cause one of these lines with each stanza.
            logger.debug(
                "skipped a stanza", metadata: ["reason": "\(reason)", "kind": "\(start.name)", "sender": "\(sender)"])
            refuse(StanzaRefusal.answer(skipped: start, reason, as: settings.address))
        case .opened(let header):
            receivedHeader(header)
        case .closed:
            perform(.streamEnded)
        }
    }

    private static let streamErrors = "urn:ietf:params:xml:ns:xmpp-streams"

    private func receivedHeader(_ header: Element) {
        guard header.name == "stream", header.namespace == StreamFeatures.namespace else {
            return perform(.notXMPP("it does not answer with an XMPP stream"))
        }
        if let fault = fault(of: header) { return perform(.unusableHeader(fault)) }
        let version = header[attribute: "version"].flatMap { Int($0.prefix { $0 != "." }) } ?? 0
        perform(.header(id: header[attribute: "id"] ?? "", announcesFeatures: version >= 1))
    }

    /// The reason why a header opens no stream for a component (XEP-0114 §3, RFC 6120 §4.7); nil if it opens one.
    private func fault(of header: Element) -> LinkFailure? {
        let namespace = (parser ?? negotiationParser)?.declaredNamespace ?? ""
        if namespace != ComponentHandshake.streamNamespace {
            return .notForComponents("its stream is for the namespace '\(Self.oneLine(namespace))'")
        }
        if let from = header[attribute: "from"], !from.isEmpty, (try? JID(from)) != settings.address {
            return .answersFor(Self.oneLine(from))
        }
        return header[attribute: "id"]?.isEmpty == false ? nil : .notForComponents("its stream has no id")
    }

    /// Handles children of the stream that are not stanzas: features, the answers to STARTTLS and to the handshake, and
    /// stream errors (RFC 6120 §4.9).
    private func receivedControl(_ element: Element) {
        if element.name == "error", element.namespace == StreamFeatures.namespace {
            let conditions = element.elements.filter { $0.namespace == Self.streamErrors }
            let condition = conditions.first { $0.name != "text" }?.name ?? "undefined-condition"
            let text = conditions.first { $0.name == "text" }?.text ?? ""
            perform(.streamError(condition: String(condition.prefix(100)), text: Self.oneLine(text)))
        } else if (try? ComponentHandshake(element)) != nil {
            perform(.handshakeAccepted)
        } else if let features = try? StreamFeatures(element) {
            perform(.features(features))
        } else if let answer = try? StartTLS(element), answer != .request {
            perform(.answeredStartTLS(consents: answer == .proceed))
        } else {
            counters.unknownElements += 1
        }
    }

    /// Prepares text of the server or of a user for the log: at most 200 characters, on one line.
    static func oneLine(_ text: String) -> String {
        String(text.prefix(200).map { $0.isNewline || $0.unicodeScalars.allSatisfy { $0.value < 0x20 } ? " " : $0 })
    }

    private func receivedStanza(_ element: Element) {
        do {
            received(try Stanza(element, &addresses))
        } catch {
            guard error.problem != .notAStanza else {
                counters.unknownElements += 1
                return
            }
            counters.malformed += 1
            logger.debug("malformed stanza", metadata: ["kind": "\(error.kind)", "problem": "\(error.problem)"])
            refuse(StanzaRefusal.answer(error, as: settings.address))
        }
    }

    private func refuse(_ answer: Element?) {
        // Nothing may follow our own end of the stream.
        guard machine.isOpen, let answer else { return }
        write(answer)
    }

    private func received(_ stanza: consuming Stanza) {
        if case .iq(let iq) = stanza {
            if iq.head.from == settings.address, iq.head.to == settings.address { return receivedFromSelf(iq) }
            if iq.type == .result || iq.type == .error { return receivedResult(iq) }
        }
        counters.received += 1
        mustCallTurnEnded = true
        delegate?.received(stanza)
    }

    private func receivedResult(_ iq: IQ) {
        guard let id = iq.head.id, let sender = iq.head.from,
            let reply = queries.take(PendingQueries.Key(id: id, sender: sender))
        else {
            counters.unexpectedResults += 1
            return
        }
        counters.received += 1
        mustCallTurnEnded = true
        reply(iq)
    }

    /// Takes a stanza from our own address, which only the server can have sent. If it answers or returns the ping
    /// that is under way, it proves the fence.
    private func receivedFromSelf(_ iq: IQ) {
        guard let id = iq.head.id, let callbacks = fences.returned(id) else {
            counters.unexpectedResults += 1
            return
        }
        mustCallTurnEnded = !callbacks.isEmpty || mustCallTurnEnded
        for done in callbacks { done(true) }
        scheduleFlush()
    }
}
