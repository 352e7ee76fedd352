/// Answers questions about a network without a connection to it. All functions are pure functions of the configuration.
package protocol NetworkRules: Sendable {
    var description: AdapterDescription { get }
    /// The networks that the operator has configured, in the order of the configuration file.
    var networks: [NetworkID] { get }

    /// Reads a localpart that is already unescaped. The inverse of `localpart(of:)`.
    func address(localpart: String) throws(AddressError) -> Address

    /// Writes the canonical localpart, unescaped: `address(localpart: localpart(of: a)) == a` for every address. The
    /// localpart may be empty only for the network of a gateway that has one network: the gateway's own address then
    /// stands for that network.
    func localpart(of address: Address) -> String

    /// Reads the text that a person types into a contact prompt. Accepts spaces, national numbers and a missing
    /// network.
    func normalize(_ typed: String) throws(AddressError) -> Address

    /// Checks a filled-in login form and returns the values to keep, normalised. The keys are those of
    /// `description.loginForm`. A field that the user left out has no key.
    func check(login values: [String: String]) throws(Failure) -> [String: String]

    /// Checks a user's own settings for a room and returns the values to keep, normalised. The keys are those of
    /// `description.roomForm`. A field that the user left out has no key.
    func check(room values: [String: String]) throws(Failure) -> [String: String]

    /// The user to whom the operator's configuration gives these checked login values; nil if it gives them to no user.
    func owner(of login: [String: String]) -> UserID?

    /// The unique login values that the operator's configuration gives to users.
    var assignments: [UniqueValue: UserID] { get }

    /// Throws unless the user may take these checked login values. The core calls it when a unique value is new to the
    /// user. The core itself checks whether another user already has the value.
    func authorize(_ login: [String: String], by user: UserID) throws(Failure)

    /// The network that an account with these settings uses when an address names no network; nil where every address
    /// names its network.
    func network(for settings: [String: String]) -> NetworkID?

    /// The size of a text or file and the operator's limits against which it counts; nil if there are none. If
    /// `AdapterDescription.countsMessages` is true, the core calls it before it hands over a message to a stored
    /// address for the first time.
    ///
    /// A message that the adapter will refuse by itself counts against no limit.
    ///
    /// - Parameters:
    ///   - address: the address that gets the message.
    ///   - login: the checked login values of the account.
    func charge(
        for content: Content, to address: Address, login: [String: String], at now: Timestamp
    ) -> Charge?

    /// Describes how a text would be sent: into how many messages the network splits it, and why. One sentence in each
    /// line.
    /// Nil if the network has nothing to tell.
    func estimate(of text: String) -> [String]?

    /// The reaction that a text from a person means; nil if it is a text like any other. The core calls it for every
    /// text from a stored address. It shows the reaction if it finds the message that the text quotes, and else the text.
    func reaction(in text: String) -> TextReaction?

    /// How messages to and from an address travel, where this differs from `description.delivery`; nil where it does
    /// not. The answer for one address never changes. The core may call it for every message.
    func delivery(of address: Address) -> Delivery?

    /// Reads an unescaped localpart whose name is a pattern that matches many people (`ListEntry.pattern`), and is
    /// therefore no address. The result has the pattern as its name. Nil if the localpart is no pattern. This is the
    /// inverse of `localpart(of:)` for such a name.
    func pattern(localpart: String) -> PeerAddress?

    /// The title of a conversation with a person whose name the network has not told. It is made from the address
    /// alone.
    func title(of peer: PeerAddress) -> String

    /// Addresses on a network as examples for people, at most one of a room and one of a person.
    func examples(on network: NetworkID) -> [Address]

    /// The kind of a peer, if peers of this kind have capabilities of their own (`CapabilityScope.peersOfKind`);
    /// otherwise nil.
    func kind(of peer: PeerAddress) -> String?
}

/// Defaults for networks without owners, without patterns and without kinds of peers.
extension NetworkRules {
    package func check(room values: [String: String]) throws(Failure) -> [String: String] { values }
    package func owner(of login: [String: String]) -> UserID? { nil }
    package var assignments: [UniqueValue: UserID] { [:] }
    package func authorize(_ login: [String: String], by user: UserID) throws(Failure) {}
    package func charge(
        for content: Content, to address: Address, login: [String: String], at now: Timestamp
    ) -> Charge? { nil }
    package func estimate(of text: String) -> [String]? { nil }
    package func reaction(in text: String) -> TextReaction? { nil }
    package func delivery(of address: Address) -> Delivery? { nil }
    package func pattern(localpart: String) -> PeerAddress? { nil }
    package func kind(of peer: PeerAddress) -> String? { nil }
    package func examples(on network: NetworkID) -> [Address] { [] }
    /// The name, and the network if the gateway has several.
    package func title(of peer: PeerAddress) -> String {
        networks.count == 1 ? peer.name : "\(peer.name) (\(peer.network))"
    }
}

/// How messages to and from an address travel.
package enum Delivery: String, Sendable, Codable {
    /// Messages pass through without being stored. A lost connection fails those that are on their way.
    case live
    /// The core stores messages in the ledger: outbound messages before they reach the adapter, and inbound messages
    /// before the adapter acknowledges them. The adapter emits messages from such an address, and reports about
    /// messages to it, with `EventSink.emit(_:onAnswer:)`. It acknowledges them to the network only after the answer
    /// `stored`. Messages have an id, by which the core recognises repeats.
    case stored
}
