import XMPP

/// The receiver of everything that comes over a component stream. Every function is called on the link's loop.
package protocol ComponentLinkDelegate: AnyObject {
    /// The server has accepted the handshake: stanzas may be sent.
    func linkDidOpen()
    /// An open link is gone; `reason` is for the log. Pending queries and fences have been answered before. Unless the
    /// link was closed on purpose, it connects again by itself. This call may come outside of any read, and then no
    /// `turnEnded` follows.
    func linkDidClose(_ reason: String)
    /// An attempt to open the link has failed; `reason` is for the health report. The link tries again by itself.
    func linkDidNotOpen(_ reason: String)
    /// A message, a presence, or an IQ request has come. Every request must be answered once with `send`. The link
    /// calls this for all stanzas of one read of the socket, in stream order, in one pass. If reading pauses, the other
    /// stanzas come in later turns. Also called while `close` waits for the server.
    func received(_ stanza: consuming Stanza)
    /// The link has dispatched stanzas: answers to our requests and fences to their callbacks, all other stanzas to
    /// this delegate. The link calls this once at the end of each turn of the event loop in which it dispatched a
    /// stanza. All stanzas that the delegate sends until this call returns are sent in one write.
    func turnEnded()
    /// Too many bytes wait for the server (`isOutboundSlow`), or no longer. While they do, the delegate should put off
    /// work that sends more. Called once per change, also during `send`. A link without a connection is not slow.
    func linkDidChangePace()
}
