/// The clients of one user that have announced capabilities (XEP-0115).
final class NicknamesOfUser {
    /// Maximum of clients. Further ones get no names.
    static let most = 20

    struct Client {
        /// The hash of the client's capabilities.
        let verification: String
        /// Whether the client wants the names of contacts.
        var isInterested = false
        /// The raw localparts of contacts whose names the present job has not told yet; nil before its first slice.
        var remaining: ArraySlice<String>?
    }

    /// The clients, by resource.
    var clients: [String: Client] = [:]
}

/// Whether clients with the same capabilities want the names of contacts, by the hash of these capabilities.
struct KnownWishes {
    /// Maximum of hashes. All are forgotten when one more is added.
    private static let most = 1_000

    private var wishes: [String: Bool] = [:]

    subscript(verification: String) -> Bool? {
        get { wishes[verification] }
        set {
            if wishes.count >= Self.most { wishes = [:] }
            wishes[verification] = newValue
        }
    }
}
