import GatewayKit

/// Which stanza shows which message of the network, for everything that speaks of an earlier message: reactions, replies,
/// corrections.
///
/// This holds the messages of live addresses, in memory, for loaded users. Messages of stored addresses have both names in
/// the registry (`ReferenceQuery`).
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

    /// Remembers a message that the network has named.
    ///
    /// - Parameters:
    ///   - stanza: the id by which clients speak of the message: in a room its stanza-id (XEP-0359), elsewhere the id of
    ///     the stanza.
    ///   - alias: another id that clients may use.
    func add(_ stanza: String, alias: String? = nil, network: MessageID, in place: Address, of user: User) {
        let all = logs[user] ?? ReferenceLogs()
        logs[user] = all
        all.add(stanza, alias: alias, network: network, in: place, at: kernel.world.now())
    }

    /// The network's name of a message; nil if it is not known (any more).
    func networkID(of stanza: String, in place: Address, of user: User) -> MessageID? {
        logs[user]?[place]?.networkID(of: stanza, now: kernel.world.now())
    }

    /// The id by which clients speak of a message of the network; nil if it is not known (any more).
    func stanzaID(of network: MessageID, in place: Address, of user: User) -> String? {
        logs[user]?[place]?.stanzaID(of: network, now: kernel.world.now())
    }
}

/// The references of one user, by conversation.
final class ReferenceLogs {
    /// Conversations of one user beyond which all are forgotten: somebody who has as many does not miss old ones.
    private static let most = 500

    private var logs: [Address: ReferenceLog] = [:]

    subscript(place: Address) -> ReferenceLog? { logs[place] }

    func add(_ stanza: String, alias: String?, network: MessageID, in place: Address, at time: Timestamp) {
        if logs.count >= Self.most, logs[place] == nil { logs = [:] }
        logs[place, default: ReferenceLog()].add(stanza, alias: alias, network: network, at: time)
    }
}
