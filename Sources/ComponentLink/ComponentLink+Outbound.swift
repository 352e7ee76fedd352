import Logging
import NIOCore
import XML
import XMPP

/// From the delegate to the socket: everything is written into one buffer that leaves once per turn.
extension ComponentLink {
    /// Sends a stanza, in order.
    ///
    /// Returns false if nothing was sent: the link is not open, too much waits for the server already, or the
    /// stanza is not from an address of ours; a server would end the stream of everybody for that.
    @discardableResult
    package func send(_ stanza: Stanza) -> Bool {
        guard machine.isOpen else { return false }
        guard !isOutboundSlow || outboundBytes < settings.maxOutboundBytes else {
            counters.refusedWhileFull += 1
            return false
        }
        guard stanza.head.isFrom(domainOf: settings.address) else {
            logger.error("not sent: a stanza that is not from this component")
            return false
        }
        counters.sent += 1
        let start = writer.count
        stanza.write(to: &writer)
        if writer.count - start > settings.maxSentStanzaBytes { replaceLast(stanza, from: start) }
        didWrite()
        return true
    }

    /// Replaces a stanza that is too large for the server with an error, so that its recipient learns of it. It counts as
    /// sent, because it would be too large the next time as well.
    private func replaceLast(_ stanza: Stanza, from start: Int) {
        let count = writer.count - start
        writer.removeAll(after: start)
        counters.tooLargeToSend += 1
        logger.warning(
            "a stanza is too large for the server: an error goes in its place",
            metadata: ["bytes": "\(count)", "to": "\(Self.oneLine(stanza.head.to?.description ?? "nobody"))"])
        guard let error = StanzaRefusal.tooLargeToSend(stanza) else { return }
        error.write(to: &writer)
        takeBackIfTooLarge(from: start)
    }

    /// Removes an error stanza that is itself too large: it carries the id of the stanza it answers, and an id can be
    /// of any length.
    private func takeBackIfTooLarge(from start: Int) {
        if writer.count - start > settings.maxSentStanzaBytes { writer.removeAll(after: start) }
    }

    /// Bytes that the server has not taken yet, as far as we can see. Asks the connection, which takes its time.
    var outboundBytes: Int { writer.count + socketBytes }

    /// Nothing, once the connection is closed.
    private var socketBytes: Int { (try? channel?.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0 }

    /// Whether something waits for the end of the turn. For tests.
    var hasUnsentBytes: Bool { writer.count > 0 }

    func write(_ element: Element) {
        let start = writer.count
        writer.write(element, defaultNamespace: Stanza.namespace)
        takeBackIfTooLarge(from: start)
        didWrite()
    }

    private func didWrite() {
        if !isOutboundSlow, writer.count + bytesInFlight > settings.slowOutboundBytes {
            bytesInFlight = socketBytes
            updateReading()
        }
        scheduleFlush()
    }

    func writeHeader() {
        writer.write(
            markup: """
                <?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' \
                xmlns:stream='http://etherx.jabber.org/streams' to='
                """)
        writer.write(escaping: settings.domain)
        writer.write(markup: "'>")
        scheduleFlush()
    }

    func writeHandshake(_ streamID: String) {
        write(ComponentHandshake(streamID: streamID, secret: settings.secret.reveal()).element)
    }

    /// `<stream:error/>` with the condition for what the server sent (RFC 6120 §4.9.3).
    func writeStreamError(_ error: XMLError) {
        writer.write(markup: "<stream:error>")
        writer.write(
            Element(error.rawValue, namespace: "urn:ietf:params:xml:ns:xmpp-streams"),
            defaultNamespace: Stanza.namespace)
        writer.write(markup: "</stream:error>")
        scheduleFlush()
    }

    func writeFooter() {
        writePing()
        writer.write(markup: "</stream:stream>")
        scheduleFlush()
    }

    func writeWhitespace() {
        writer.write(markup: " ")
        scheduleFlush()
    }

    /// In a read of the socket the flush comes at its end; otherwise once, after what runs now.
    func scheduleFlush() {
        guard !isInTurn, !isFlushScheduled, channel != nil else { return }
        isFlushScheduled = true
        eventLoop.assumeIsolated().execute { [self] in
            isFlushScheduled = false
            flush()
        }
    }

    func flush() {
        guard let channel, let handler else { return }
        if machine.isOpen { writePing() }
        let count = writer.count
        guard count > 0 else { return }
        let bytes = writer.withBytes { ByteBuffer(bytes: $0) }
        // A burst must not keep its memory for ever.
        writer.removeAll(keepingCapacity: count <= settings.slowOutboundBytes)
        bytesInFlight += count
        handler.send(bytes)
        if isOutboundSlow || !channel.isWritable { updateReading() }
    }

    /// The fence's ping goes behind everything that has been written.
    private func writePing() {
        guard let id = fences.takePing(now: eventLoop.now) else { return }
        let head = StanzaHead(to: settings.address, from: settings.address, id: id)
        Stanza.iq(IQ(head, type: .get, payload: [Ping().element])).write(to: &writer)
    }

    /// The server has taken so much that there is room again. Into an empty buffer of the kernel anybody can write;
    /// that a full one has emptied is a sign of life.
    func drained(_ handler: StreamHandler) {
        guard handler === self.handler else { return }
        liveness.heardFromServer(eventLoop.now)
        updateReading()
    }

    /// Whether stanzas have to wait: the delegate wants none, or the server does not take our output, to which each stanza
    /// would add.
    var isReadingPaused: Bool { isPausedByDelegate || isOutboundSlow }

    /// Pauses or resumes reading. The low-water mark of the connection ends the pause. Bytes that were read and not
    /// handed over go first.
    func updateReading() {
        let wasSlow = isOutboundSlow
        isOutboundSlow = channel?.isWritable == false || outboundBytes > settings.slowOutboundBytes
        handler?.isPaused = isReadingPaused || !unread.isEmpty
        takeUpUnread()
        if isOutboundSlow != wasSlow { delegate?.linkDidChangePace() }
    }
}
