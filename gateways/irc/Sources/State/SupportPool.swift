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

    /// The latest announcements, the last one used at the end.
    private var recent: [Shared] = []

    /// Returns the announcement with this value that other connections have, or a new one.
    func shared(_ value: ServerSupport) -> Shared {
        let found = recent.lastIndex { $0.value == value }.map { recent.remove(at: $0) }
        let shared = found ?? Shared(value)
        if recent.count >= SupportPool.limit { recent.removeFirst() }
        recent.append(shared)
        return shared
    }
}
