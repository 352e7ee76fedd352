/// On whose behalf a name is looked up and a connection is made: it decides whose turn it is.
package enum Requester: Sendable, Hashable {
    /// The operator, who wrote the host into the configuration. Never waits behind users.
    case configuration
    /// One user, who named the host. The text tells users apart in the whole deployment and is shown to nobody.
    case user(String)

    /// Whether the search list of `/etc/resolv.conf` applies. A user means the public name: with the list he could
    /// reach names of the operator's own domain, and each of his names would cost a query for every entry.
    var usesSearchList: Bool { self == .configuration }

    /// Addresses of one host that may be tried at the same time. The name server of a name that a user chose may give
    /// thousands that never answer, and each is a socket.
    var attemptsAtOnce: Int { self == .configuration ? .max : 4 }
}
