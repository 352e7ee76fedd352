import DequeModule

/// The announcements of servers (`ServerSupport`) that connections of an adapter share. Thousands of connections to one
/// network have the same one.
final class SupportPool {
    /// An announcement that several connections have.
    final class Shared: Sendable {
        let value: ServerSupport

        fileprivate init(_ value: ServerSupport) { self.value = value }
    }

    /// The number of announcements that are kept for further connections.
    static let limit = 32

    /// The announcement of a server that has announced nothing.
    static let usual = Shared(ServerSupport())

    /// A line of RPL_ISUPPORT, with the announcements before and after it.
    private struct Step {
        let before: Shared
        let tokens: ArraySlice<String>
        let after: Shared
    }

    /// The number of lines that are kept. A kept line is not parsed again when another connection gets it.
    static let stepLimit = 64

    /// The latest announcements, the last one used at the end.
    private var recent: [Shared] = []
    /// The latest lines, oldest first.
    private var steps: Deque<Step> = []

    /// Returns the announcement of a server that has announced `before`, and now sends a line with these parameters
    /// (`ServerSupport.apply`).
    func shared(after before: Shared, _ parameters: [String]) -> Shared {
        let tokens = parameters.dropFirst()
        if let step = steps.first(where: { $0.before === before && Self.isSame($0.tokens, tokens) }) {
            return step.after
        }
        var value = before.value
        value.apply(parameters)
        let after = shared(value)
        if steps.count >= SupportPool.stepLimit { steps.removeFirst() }
        steps.append(Step(before: before, tokens: tokens, after: after))
        return after
    }

    /// Whether two lines have the same bytes. Strings are equal also if they only look alike (canonical equivalence), and
    /// then one network could change what the users of another one get.
    private static func isSame(_ one: ArraySlice<String>, _ other: ArraySlice<String>) -> Bool {
        one.elementsEqual(other) { $0.utf8.elementsEqual($1.utf8) }
    }

    /// Returns the announcement with this value that other connections have, or a new one.
    func shared(_ value: ServerSupport) -> Shared {
        let found = recent.lastIndex { $0.value == value }.map { recent.remove(at: $0) }
        let shared = found ?? Shared(value)
        if recent.count >= SupportPool.limit { recent.removeFirst() }
        recent.append(shared)
        return shared
    }
}
