import Basics
import GatewayKit
import NIOCore

/// A channel that we have joined, or asked to join.
///
/// Only its `IRCClient` holds it. It is a class for speed: each line that is said in a channel reads this state, and a
/// copy of a struct would retain and release a dozen references.
final class IRCChannel {
    /// A member of the channel.
    struct Member: Sendable {
        /// The nick as the server spells it.
        var nick: String
        var ranks: MemberRanks
        /// Whether the core has not been told of the member, who comes back from a netsplit.
        var isUntold = false
        /// What is known beyond that. Nil until the network has told something.
        var details: OccupantDetails?
    }

    /// Above this number of members, the list of members is left unsorted.
    static let sortedLimit = 1_000

    /// The address that the core joined with. The server may spell the name in another way.
    let address: RoomAddress
    /// The name as the server spells it.
    var name: String
    var key: Secret?
    /// The join requests that get their outcome when the entry is complete or has failed.
    var waiting: [RequestID]
    var members: [FoldedName: Member] = [:]
    var topic: Topic?
    /// The modes; nil until the server has told them.
    var state: ChannelState?
    /// The properties that the core knows; nil before the first announcement.
    var announcedProperties: RoomProperties?
    /// Whether the entry is complete and the core has been told.
    var isJoined = false
    /// Whether the server has told the details of all members (`MemberQueries`).
    var isKnown = false
    /// When the server showed our own JOIN. Nil before that.
    var ownJoinShownAt: NIODeadline?
    var hasAllNames = false
    /// The refusal (477) of our entry, while the entry waits for the login. It is reported if no login comes.
    var refusalBeforeLogin: Failure?
    /// The bans that were set last. Nil if none was set, or if a kick has followed.
    var recentBans: IRCClient.RecentBans?
    /// Messages that arrived before the entry was complete. The core gets them after it.
    var heldEvents: [Event] = []

    init(address: RoomAddress, name: String, key: Secret? = nil, waiting: [RequestID] = []) {
        self.address = address
        self.name = name
        self.key = key
        self.waiting = waiting
    }

    /// Makes the occupant that the core sees for a member.
    func occupant(_ member: Member, support: ServerSupport) -> Occupant {
        Occupant(
            nick: member.nick, rank: member.ranks.rank(support),
            isFounder: member.ranks.has(UInt8(ascii: "q"), support: support),
            address: PeerAddress(network: address.network, name: IRCRules.canonical(member.nick)),
            details: member.details)
    }

    /// Makes the state of the room for the core: our nick, all occupants, and the topic.
    ///
    /// - Parameter asksModes: whether we ask for the modes of the channel now.
    func snapshot(nick: String, support: ServerSupport, asksModes: Bool) -> JoinedRoom {
        var occupants = members.values.map { occupant($0, support: support) }
        // People read a few hundred names at most, and sorting tens of thousands would delay all other users.
        if occupants.count <= IRCChannel.sortedLimit { occupants.sort { $0.nick < $1.nick } }
        return JoinedRoom(nick: nick, occupants: occupants, topic: topic, propertiesFollow: asksModes && state == nil)
    }
}
