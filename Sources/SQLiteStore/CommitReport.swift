/// The figures of one commit, for metrics.
package struct CommitReport: Sendable, Equatable {
    /// The changes of the commit, including those that were refused.
    package let changes: Int
    package let time: Duration
    /// False if the file could not be written, so that all changes have failed.
    package let isWritten: Bool
}
