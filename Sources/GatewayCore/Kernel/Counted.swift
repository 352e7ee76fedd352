/// The events that the core counts; the wiring names their metrics.
package enum Counted: Int, CaseIterable, Sendable {
    case messagesOut, messagesIn, messagesFailed, duplicatesIn, stanzaErrors, stanzasIgnored, unmatchedReports
    /// The registry could not take a message, or an outcome of one.
    case notStored
    /// A user was over a limit and was refused.
    case overLimit
}
