/// Bounds the members of channels that all connections of one user keep together. Runs on the gateway's event loop.
final class UserMembers {
    /// The number of members of all connections. One member takes about 250 bytes here and in the core.
    static let limit = 200_000

    private(set) var used = 0

    /// Whether one more member may be kept.
    var hasRoom: Bool { used < UserMembers.limit }

    /// The members of one connection. They count until the share is gone, which happens with the connection's client.
    final class Share {
        private let whole: UserMembers
        /// The number of members that the connection keeps.
        var count = 0 {
            didSet { whole.used += count - oldValue }
        }

        init(of whole: UserMembers) { self.whole = whole }

        deinit { whole.used -= count }

        /// Whether one more member may be kept, by the limit of all connections.
        var hasRoom: Bool { whole.hasRoom }
    }
}
