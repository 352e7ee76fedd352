/// The clients of a user that have sent presence to the gateway, by resource.
final class ClientsOfUser {
    /// Maximum of clients. Presence of further ones is ignored.
    static let most = 20

    /// The priority of each available client.
    var priorities: [String: Int8] = [:]
    /// Whether there may be more clients than `priorities` can hold.
    var isFull = false
    /// Whether a client has sent presence to the gateway's own address. A server that sends such presence sends that of
    /// all clients (RFC 6121 §4.4.2).
    var hasSeenPresence = false
    /// Whether the gateway knows every client of the user.
    var isKnown: Bool { hasSeenPresence && !isFull }

    /// Forgets all clients.
    func forgetAll() {
        priorities = [:]
        isFull = false
    }
}
