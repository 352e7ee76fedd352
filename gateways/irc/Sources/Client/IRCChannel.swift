import Basics
import GatewayKit
import NIOCore

/// A channel that we are in, or on our way into.
///
/// An object, because every line that is said in it is looked up in its state, and copying that counts a dozen
/// references up and down. Only its `IRCClient` has it.
final class IRCChannel {
    struct Member: Sendable {
        /// As shown.
        var nick: String
        var ranks: MemberRanks
    }

    /// Members up to which the list of them is sorted.
    static let sortedLimit = 1_000

    /// The address that the core joined with; the server may spell the name otherwise.
    let address: RoomAddress
    /// As the server spells it.
    var name: String
    var key: Secret?
    /// Join requests to answer when we are in.
    var waiting: [RequestID]
    var members: [FoldedName: Member] = [:]
    var topic: Topic?
    /// We are in, and the core knows it.
    var isJoined = false
    /// The server has shown our own JOIN; since then.
    var entered: NIODeadline?
    var hasAllNames = false
    var held: [Event] = []

    init(address: RoomAddress, name: String, key: Secret? = nil, waiting: [RequestID] = []) {
        self.address = address
        self.name = name
        self.key = key
        self.waiting = waiting
    }

    func occupant(_ member: Member, support: ServerSupport) -> Occupant {
        Occupant(
            nick: member.nick, rank: member.ranks.rank(support),
            address: PeerAddress(network: address.network, name: IRCRules.canonical(member.nick)))
    }

    func snapshot(nick: String, support: ServerSupport) -> JoinedRoom {
        var occupants = members.values.map { occupant($0, support: support) }
        // Nobody reads more than some hundred names, and sorting tens of thousands holds up everybody else.
        if occupants.count <= IRCChannel.sortedLimit { occupants.sort { $0.nick < $1.nick } }
        return JoinedRoom(nick: nick, occupants: occupants, topic: topic)
    }
}
