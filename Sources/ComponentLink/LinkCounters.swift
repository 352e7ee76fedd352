/// Counts of everything that has passed over a link since it was made. Read them on the link's loop.
package struct LinkCounters: Sendable, Equatable {
    /// Stanzas handed to the delegate or to a query.
    package var received = 0
    package var sent = 0
    /// Stanzas that `send` refused because too many bytes wait for the server.
    package var refusedWhileFull = 0
    /// Stanzas of ours that were too large for the server. An error was sent in place of each for which XMPP allows
    /// one.
    package var tooLargeToSend = 0
    /// Stanzas over a limit. Their senders got an error.
    package var oversized = 0
    /// Stanzas that were malformed, or had broken namespaces. Their senders got an error.
    package var malformed = 0
    /// Results and errors that answer no pending query, or that come from an address other than the one asked.
    package var unexpectedResults = 0
    /// Children of the stream that are no stanzas.
    package var unknownElements = 0
    /// Number of times that the link has opened.
    package var opened = 0

    package init() {}
}
