import GatewayKit

/// Translates between stanza ids and the network's message ids, for stanzas and events that refer to an earlier
/// message, such as reactions.
///
/// `References` holds the messages of live addresses in memory, for loaded users. The registry has both ids of messages
/// of stored addresses (`ReferenceQuery`).
final class References: Feature {
    private let kernel: Kernel
    private let logs: UserTable<ReferenceLogs>

    init(_ kernel: Kernel) {
        self.kernel = kernel
        logs = UserTable(kernel)
    }

    func register(in routes: inout Routes) {
        routes.moments.unregistered.append { [self] in logs[$0] = nil }
    }

    /// Stores the ids of a message. Call this for each message to which the network has given an id.
    ///
    /// - Parameters:
    ///   - stanza: the id by which clients refer to the message: in a room its stanza-id (XEP-0359), elsewhere the `id`
    ///     of the stanza.
    ///   - alias: another id by which clients may refer to the message.
    func add(stanzaID stanza: String, alias: String? = nil, network: MessageID, in place: Address, of user: User) {
        let all = logs[user] ?? ReferenceLogs()
        logs[user] = all
        all.add(stanzaID: stanza, alias: alias, network: network, in: place, at: kernel.world.now())
    }

    /// The network's id of a message; nil if the stanza id is unknown or the message too old.
    func networkID(of stanza: String, in place: Address, of user: User) -> MessageID? {
        logs[user]?[place]?.networkID(of: stanza, now: kernel.world.now())
    }

    /// The id by which clients refer to a message of the network; nil if the network's id is unknown or the message too
    /// old.
    func stanzaID(of network: MessageID, in place: Address, of user: User) -> String? {
        logs[user]?[place]?.stanzaID(of: network, now: kernel.world.now())
    }
}

/// The references of one user, by conversation.
final class ReferenceLogs {
    /// Maximum of conversations of one user. All are forgotten when one more is added: with so many conversations, the
    /// user rarely refers to an old message.
    private static let most = 500

    private var logs: [Address: ReferenceLog] = [:]

    subscript(place: Address) -> ReferenceLog? { logs[place] }

    func add(stanzaID stanza: String, alias: String?, network: MessageID, in place: Address, at time: Timestamp) {
        if logs.count >= Self.most, logs[place] == nil { logs = [:] }
        logs[place, default: ReferenceLog()].add(stanzaID: stanza, alias: alias, network: network, at: time)
    }
}
