/// The events that the core counts. The wiring gives each of them a metric.
package enum Counted: Int, CaseIterable, Sendable {
    case messagesOut, messagesIn, messagesFailed, duplicatesIn, stanzaErrors, stanzasIgnored, unmatchedReports
    /// The registry could not store a message, or the outcome of a message.
    case notStored
    /// A user was refused because of a limit.
    case overLimit
}
