/// The events that the core counts. `CoreCounters` has a metric for each of them.
package enum Counted: Int, CaseIterable, Sendable {
    case messagesOut, messagesIn, messagesFailed
    /// The network has sent a message that the registry already has.
    case duplicatesIn
    /// A user has sent a message that the gateway already has.
    case repeatsOut
    /// A message came from a person whom its user has blocked.
    case messagesBlocked
    /// A message from the network was given up, because the user's server has returned it for too long.
    case messagesGivenUp
    /// A stanza was answered with an error.
    case stanzaErrors
    /// A stanza or an event had no effect, for example because no feature handles it.
    case stanzasIgnored
    /// A report about a message did not change the ledger, for example because the ledger has no such message.
    case unmatchedReports
    /// The registry could not store a message, or the outcome of a message.
    case notStored
    /// A user was refused because of a limit.
    case overLimit
    /// A live message was dropped, because too many waited for the home server.
    case messagesDropped
}
