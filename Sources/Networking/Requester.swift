/// The party on whose behalf a name is looked up and a connection is made. It decides about turns.
package enum Requester: Sendable, Hashable {
    /// The operator, who wrote the host into the configuration. The operator's look-ups never wait behind those of
    /// users.
    case configuration
    /// The user who named the host. The text tells users apart in the whole deployment, and is never shown.
    case user(String)

    /// Whether the search list of `/etc/resolv.conf` applies. A user means the public name. With the list, a user
    /// could reach names of the operator's own domain, and each name would cost a query for every entry of the list.
    var usesSearchList: Bool { self == .configuration }

    /// Addresses of one host that may be tried at the same time. The name server of a name that a user chose may
    /// return thousands of addresses that never answer, and each attempt needs a socket.
    var attemptsAtOnce: Int { self == .configuration ? .max : 4 }
}
