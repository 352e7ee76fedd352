/// One thing that an adapter does against the contract.
package struct ConformanceViolation: Sendable, Hashable, CustomStringConvertible {
    /// The rule as a sentence.
    package let rule: String
    /// What was seen instead.
    package let found: String

    package var description: String { "\(rule) — \(found)" }
}

/// Collects violations; each is kept once, however many checks run into it.
final class ConformanceFindings {
    private(set) var all: [ConformanceViolation] = []

    func add(_ rule: String, _ found: String) {
        let violation = ConformanceViolation(rule: rule, found: found)
        if !all.contains(violation) { all.append(violation) }
    }

    /// Adds a violation unless the condition holds.
    func expect(_ condition: Bool, _ rule: String, _ found: @autoclosure () -> String) {
        if !condition { add(rule, found()) }
    }
}
