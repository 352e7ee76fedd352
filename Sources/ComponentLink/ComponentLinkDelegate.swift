import XMPP

/// Who works with what comes over a component stream. Everything is called on the link's loop.
package protocol ComponentLinkDelegate: AnyObject {
    /// The server has accepted the handshake: stanzas may be sent.
    func linkDidOpen()
    /// An open link is gone, in words for the log. Pending queries and fences have been answered before. Unless the
    /// link was closed on purpose it comes back by itself. This may come outside of any read: no `turnEnded` follows.
    func linkDidClose(_ reason: String)
    /// A message, a presence, or an IQ request. Every request must be answered once with `send`. Called in stream
    /// order, in one pass for all that one read of the socket has brought, unless reading pauses meanwhile; then the
    /// rest comes in later turns. Called also while `close` waits for the server.
    func received(_ stanza: consuming Stanza)
    /// The link has handed over some of the stanzas that it read. Answers to our requests and fences went to those who
    /// wait for them, all others to this delegate. The link calls this once at the end of each turn of the event loop in
    /// which it handed something over. Stanzas that the delegate sends until this call returns are written at once.
    func turnEnded()
    /// Too much waits for the server (`isOutboundSlow`), or no longer: what would make more of it should wait
    /// meanwhile. Called once per change, in the middle of `send` as well; a link that is gone is not slow.
    func linkDidChangePace()
}
