/// A request of an operator that concerns the whole program, not one gateway. The core passes it on as
/// `Effect.askProgram`; the answer comes back as the lines of `Input.read`.
package enum ProgramRequest: Sendable, Equatable {
    /// Sets the level of the log until the next start; nil restores the configured levels.
    case logLevel(String?)
    /// The counters of the program, one line for each that is not zero.
    case metrics
    /// Reads the configuration again, and gives its rules about users and operators to all gateways.
    case reload
}
