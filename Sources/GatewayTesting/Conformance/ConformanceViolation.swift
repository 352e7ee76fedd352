/// One violation of the contract by an adapter.
package struct ConformanceViolation: Sendable, Hashable, CustomStringConvertible {
    /// The rule that the adapter breaks, as a sentence.
    package let rule: String
    /// The observed behaviour.
    package let found: String

    package var description: String { "\(rule) — \(found)" }
}

/// Collects violations. A violation that several checks find is kept once.
final class ConformanceFindings {
    private(set) var all: [ConformanceViolation] = []

    /// Adds a violation.
    func add(_ rule: String, _ found: String) {
        let violation = ConformanceViolation(rule: rule, found: found)
        if !all.contains(violation) { all.append(violation) }
    }

    /// Adds a violation unless the condition holds.
    func expect(_ condition: Bool, _ rule: String, _ found: @autoclosure () -> String) {
        if !condition { add(rule, found()) }
    }
}
