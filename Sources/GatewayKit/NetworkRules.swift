/// What can be said about a network without talking to it: pure functions of the configuration.
package protocol NetworkRules: Sendable {
    var description: AdapterDescription { get }
    /// The networks an operator has configured, in the order of the file.
    var networks: [NetworkID] { get }

    /// Reads the localpart of an address, already unescaped. The inverse of `localpart(of:)`.
    func address(localpart: String) throws(AddressError) -> Address

    /// Writes the canonical localpart, unescaped: `address(localpart: localpart(of: a)) == a` for every address. Only a
    /// gateway's single network may have none: then it is the gateway itself.
    func localpart(of address: Address) -> String

    /// Understands what a person types into a contact prompt: spaces, national numbers, missing network.
    func normalize(_ typed: String) throws(AddressError) -> Address

    /// Checks a filled-in login form and returns the values to keep, normalised. Keys are those of
    /// `description.loginForm`; values the user left out are missing.
    func check(login values: [String: String]) throws(Failure) -> [String: String]

    /// Whose these checked login values are by the operator's configuration; nil if it does not say.
    func owner(of login: [String: String]) -> UserID?

    /// Whether a user may take these checked login values. Asked when a unique one of them is new to that user; whether
    /// somebody else has it already is the core's matter.
    func authorize(_ login: [String: String], by user: UserID) throws(Failure)

    /// The network an account with these settings uses when an address does not say; nil where every
    /// address names its network.
    func network(for settings: [String: String]) -> NetworkID?

    /// How messages to and from an address travel. Always the same for one address.
    func delivery(of address: Address) -> Delivery

    /// The kind of a peer, if peers of its kind have capabilities of their own (`CapabilityScope.peersOfKind`).
    func kind(of peer: PeerAddress) -> String?
}

extension NetworkRules {
    package func owner(of login: [String: String]) -> UserID? { nil }
    package func authorize(_ login: [String: String], by user: UserID) throws(Failure) {}
    package func delivery(of address: Address) -> Delivery { description.delivery }
    package func kind(of peer: PeerAddress) -> String? { nil }
}

/// How messages to and from an address travel.
package enum Delivery: String, Sendable, Codable {
    /// They go straight through; a break fails them.
    case live
    /// They are in the ledger before they are handed over, and inbound ones before they are acknowledged: an adapter
    /// emits what such an address says, and reports on messages to it, with `EventSink.emit(_:taken:)`, and acknowledges
    /// nothing to the network before it is told `stored`. Messages have an id, by which repeats are recognised.
    case stored
}
