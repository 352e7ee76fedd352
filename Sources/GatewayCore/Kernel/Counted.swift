/// The events that the core counts. `CoreCounters` has a metric for each of them.
package enum Counted: Int, CaseIterable, Sendable {
    case messagesOut, messagesIn, messagesFailed, duplicatesIn, stanzaErrors, stanzasIgnored, unmatchedReports
    /// The registry could not store a message, or the outcome of a message.
    case notStored
    /// A user was refused because of a limit.
    case overLimit
    /// A live message was dropped, because too many waited for the home server.
    case messagesDropped
}
