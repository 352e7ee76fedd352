/// What has passed over a link since it was made. Read it on the link's loop.
package struct LinkCounters: Sendable, Equatable {
    /// Stanzas handed to the delegate or to a query.
    package var received = 0
    package var sent = 0
    /// Stanzas that `send` refused because too much waits for the server.
    package var refusedWhileFull = 0
    /// Stanzas of ours that were too large for the server; an error went out in their place where there may be one.
    package var tooLargeToSend = 0
    /// Stanzas over a limit; their senders were told.
    package var oversized = 0
    /// Stanzas that were malformed, or had broken namespaces; their senders were told.
    package var malformed = 0
    /// Results and errors that nobody waited for, or from another than the one asked.
    package var unexpectedResults = 0
    /// Children of the stream that are no stanzas.
    package var unknownElements = 0
    /// How often the link has opened.
    package var opened = 0
}
