/// On whose behalf a name is looked up and a connection is made: it decides whose turn it is.
package enum Requester: Sendable, Hashable {
    /// The operator, who wrote the host into the configuration. Never waits behind users.
    case configuration
    /// One user, who named the host. The text tells users apart in the whole deployment and is shown to nobody.
    case user(String)

    /// Whether the search list of `/etc/resolv.conf` applies. A user means the public name: with the list he could
    /// reach names of the operator's own domain, and each of his names would cost a query for every entry.
    var usesSearchList: Bool { self == .configuration }
}
