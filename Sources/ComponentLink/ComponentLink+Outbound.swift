import Basics
import Logging
import NIOCore
import XML
import XMPP

/// Outbound stanzas: they are written into one buffer, which is sent once per turn.
extension ComponentLink {
    /// Sends a stanza, in order.
    ///
    /// Returns false if nothing was sent: the link is not open, too many bytes wait for the server, or the stanza is
    /// not from an address of ours. A server would end the stream of all users for such
    /// a stanza.
    @discardableResult
    package func send(_ stanza: Stanza) -> Bool {
        guard machine.isOpen else { return false }
        guard !isOutboundSlow || outboundBytes < settings.maxOutboundBytes else {
            counters.refusedWhileFull += 1
            return false
        }
        guard stanza.head.isFrom(domainOf: settings.address) else {
            logger.error("a stanza was not sent, because it is not from this component")
            return false
        }
        counters.sent += 1
        let start = writer.count
        stanza.write(to: &writer)
        if writer.count - start > settings.maxSentStanzaBytes { replaceLast(stanza, from: start) }
        didWrite()
        return true
    }

    /// Replaces a stanza that is too large for the server with an error, so that its recipient learns of it. It counts
    /// as sent, because it would be too large the next time as well.
    private func replaceLast(_ stanza: Stanza, from start: Int) {
        let count = writer.count - start
        writer.removeAll(after: start)
        counters.tooLargeToSend += 1
        logger.warning(
            "a stanza is too large for the server: an error is sent in its place",
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

    /// The number of bytes in our buffer and in that of the connection. Asking the connection is slow.
    package var outboundBytes: Int { writer.count + socketBytes }

    /// The number of bytes that wait in the connection. Zero once the connection is closed.
    private var socketBytes: Int { (try? channel?.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0 }

    /// Whether bytes wait for the end of the turn. For tests.
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

    /// Writes the header of a stream. The server's stream begins anew as well, also after TLS (RFC 6120 §5.4.3.3), so a
    /// new parser is made.
    func writeHeader() {
        parser = StreamParser(
            limits: settings.xmlLimits, contentNamespaces: [ComponentHandshake.streamNamespace: Stanza.namespace])
        writer.write(
            markup: """
                <?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' \
                xmlns:stream='http://etherx.jabber.org/streams' to='
                """)
        writer.write(escaping: settings.domain)
        // The version asks for the server's features (RFC 6120 §4.7.5). XEP-0114 itself has no version and no features.
        writer.write(markup: settings.encryption.mode.allowsStartTLS ? "' version='1.0'>" : "'>")
        scheduleFlush()
    }

    func writeHandshake(_ streamID: String) {
        write(ComponentHandshake(streamID: streamID, secret: settings.secret.reveal()).element)
    }

    /// Writes `<stream:error/>` with the condition that fits the error of the server (RFC 6120 §4.9.3).
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

    /// Plans a flush. During a read of the socket the flush comes at the end of the read; otherwise once, after the
    /// running code.
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
        // Free the memory after a large burst.
        writer.removeAll(keepingCapacity: count <= settings.slowOutboundBytes)
        bytesInFlight += count
        handler.send(bytes)
        if isOutboundSlow || !channel.isWritable { updateReading() }
    }

    /// Writes the ping of a fence behind everything that has been written.
    private func writePing() {
        guard let id = fences.takePing(now: eventLoop.now) else { return }
        let head = StanzaHead(to: settings.address, from: settings.address, id: id)
        Stanza.iq(IQ(head, type: .get, payload: [Ping().element])).write(to: &writer)
    }

    /// The connection has room again, because the server has taken bytes. That is a sign of life, because the buffer
    /// was full before. Writing into an empty buffer of the kernel would prove nothing.
    func drained(_ handler: StreamHandler) {
        guard handler === self.handler else { return }
        liveness.heardFromServer(eventLoop.now)
        updateReading()
    }

    /// Whether inbound stanzas have to wait, because the delegate has paused reading, or because the server does not
    /// take our output: handling a stanza would add to that output. The delegate's pause does not stop the exchange
    /// that opens a stream.
    var isReadingPaused: Bool { isPausedByDelegate && machine.takesStanzas || isOutboundSlow }

    /// Pauses or resumes reading. A pause because of the output ends at the low-water mark of the connection. Unread
    /// bytes are parsed before more are read.
    func updateReading() {
        let wasSlow = isOutboundSlow
        isOutboundSlow = channel?.isWritable == false || outboundBytes > settings.slowOutboundBytes
        handler?.isPaused = isReadingPaused || !unread.isEmpty
        scheduleUnreadParsing()
        if isOutboundSlow != wasSlow { delegate?.linkDidChangePace() }
    }
}
