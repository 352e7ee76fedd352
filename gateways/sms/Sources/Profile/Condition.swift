import GatewayKit
import Patterns

/// A condition on an answer or a call of a provider. All parts that are given must hold.
indirect enum Condition: Sendable {
    case status([Int])
    /// The body's text matches a pattern.
    case text(Pattern)
    /// The selected value is one of the words.
    case value(Selector, words: [String])
    case pattern(Selector, Pattern)
    /// There is a selected value, a list or an object in JSON included.
    case exists(Selector)
    case all([Condition])
    case any([Condition])
    case not(Condition)
    /// The condition holds for each element of the array at the pointer, and there is at least one.
    case every([String], Condition)
    /// The condition holds for at least one element of the array at the pointer.
    case some([String], Condition)

    func holds(_ received: Received) -> Bool {
        switch self {
        case .status(let codes): received.status.map(codes.contains) ?? false
        case .text(let pattern): pattern.matches(received.text)
        case .value(let selector, let words): selector.value(in: received).map(words.contains) ?? false
        case .pattern(let selector, let pattern): selector.value(in: received).map(pattern.matches) ?? false
        case .exists(let selector): selector.exists(in: received)
        case .all(let parts): parts.allSatisfy { $0.holds(received) }
        case .any(let parts): parts.contains { $0.holds(received) }
        case .not(let part): !part.holds(received)
        case .every(let steps, let part):
            received.elements(at: steps).map { !$0.isEmpty && $0.allSatisfy(part.holds) } ?? false
        case .some(let steps, let part): received.elements(at: steps)?.contains(where: part.holds) ?? false
        }
    }
}
