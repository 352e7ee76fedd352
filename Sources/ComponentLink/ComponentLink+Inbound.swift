import Logging
import NIOCore
import XML
import XMPP

/// From the socket to the delegate, in one pass.
extension ComponentLink {
    func receivedBytes(_ bytes: ByteBuffer, from handler: StreamHandler) {
        guard handler === self.handler else { return }
        isInTurn = true
        liveness.heardFromServer(eventLoop.now)
        // The channel may have more to deliver after a pause.
        guard unread.isEmpty, !isReadingPaused else { return unread.append(bytes) }
        parse(bytes)
    }

    /// Hands over stanza by stanza, until the link wants no more; the rest stays in the link.
    private func parse(_ bytes: ByteBuffer, untilPaused mayPause: Bool = true) {
        guard let parser else { return }
        do throws(XMLError) {
            let taken = try bytes.withBytes { bytes throws(XMLError) in
                try parser.push(partOf: bytes) { event in
                    received(event)
                    // The event may have ended the connection, and have filled what waits for the server.
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

    /// Plans a turn of the event loop that hands over the unread bytes. It does not hand them over at once, because the
    /// delegate may resume reading while it handles a stanza.
    func takeUpUnread() {
        guard !unread.isEmpty, !isReadingPaused, !isTakingUpUnread else { return }
        isTakingUpUnread = true
        let connection = connection
        eventLoop.assumeIsolated().execute { [self] in
            isTakingUpUnread = false
            guard connection == self.connection else { return takeUpUnread() }
            guard !isReadingPaused, let bytes = unread.take() else { return }
            isInTurn = true
            parse(bytes)
            finishTurn()
            updateReading()
        }
    }

    /// Hands over all that has been read, because nothing will be read any more.
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

    /// Tells the delegate that the turn is over and sends what has come together.
    func finishTurn() {
        guard isInTurn else { return }
        isInTurn = false
        if owesTurnEnd {
            owesTurnEnd = false
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

    private func received(_ event: StreamEvent) {
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
            // One user can bring about as many of these as there are stanzas.
            logger.debug(
                "skipped a stanza", metadata: ["reason": "\(reason)", "kind": "\(start.name)", "sender": "\(sender)"])
            refuse(StanzaRefusal.answer(skipped: start, reason, as: settings.address))
        case .opened(let header):
            receivedHeader(header)
        case .closed:
            perform(.streamEnded)
        }
    }

    private static let streams = "http://etherx.jabber.org/streams"
    private static let streamErrors = "urn:ietf:params:xml:ns:xmpp-streams"

    private func receivedHeader(_ header: Element) {
        guard header.name == "stream", header.namespace == Self.streams else {
            return perform(.notXMPP("it does not answer with an XMPP stream"))
        }
        perform(.header(id: header[attribute: "id"]))
    }

    /// Children of the stream that are no stanzas: the answer to the handshake and stream errors (RFC 6120 §4.9).
    private func receivedControl(_ element: Element) {
        if element.name == "error", element.namespace == Self.streams {
            let conditions = element.elements.filter { $0.namespace == Self.streamErrors }
            let condition = conditions.first { $0.name != "text" }?.name ?? "undefined-condition"
            let text = conditions.first { $0.name == "text" }?.text ?? ""
            perform(.streamError(condition: String(condition.prefix(100)), text: Self.oneLine(text)))
        } else if (try? ComponentHandshake(element)) != nil {
            perform(.handshakeAccepted)
        } else {
            counters.unknownElements += 1
        }
    }

    /// Words of the server or of users go into our log: short, and on one line.
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
        // Behind our own end of the stream nothing may follow.
        guard machine.isOpen, let answer else { return }
        write(answer)
    }

    private func received(_ stanza: consuming Stanza) {
        if case .iq(let iq) = stanza {
            if iq.head.from == settings.address, iq.head.to == settings.address { return receivedFromSelf(iq) }
            if iq.type == .result || iq.type == .error { return receivedResult(iq) }
        }
        counters.received += 1
        owesTurnEnd = true
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
        owesTurnEnd = true
        reply(iq)
    }

    /// A ping of ours that the server has brought back is the proof asked for, and so is an answer that the server
    /// gives in our place. Only the server can send us something from our own address.
    private func receivedFromSelf(_ iq: IQ) {
        guard let id = iq.head.id, let callbacks = fences.returned(id) else {
            counters.unexpectedResults += 1
            return
        }
        owesTurnEnd = !callbacks.isEmpty || owesTurnEnd
        for done in callbacks { done(true) }
        scheduleFlush()
    }
}
