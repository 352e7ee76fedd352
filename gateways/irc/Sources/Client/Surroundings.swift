import GatewayKit

/// The things that all connections of an adapter to one network have in common.
final class Surroundings {
    let network: NetworkID
    /// The network's name for people.
    let title: String
    /// First characters of the channels that addresses can name.
    let channelTypes: String
    let flood: FloodLimit
    /// Our answer to CTCP VERSION.
    let version: String
    /// What the connections share.
    let commons: Commons
    let clock: @Sendable () -> Timestamp

    /// The bounds and paces that hold for all sessions of an adapter together, and what they need only once.
    final class Commons {
        /// Bounds the lists of channels.
        let listBudget = ListBudget()
        /// Paces the questions about members.
        let memberQueryPace = SharedPace(each: MemberQueries.timePerMember, burst: MemberQueries.burst)
        /// Paces the news about people who come back from netsplits.
        let returnPace = SharedPace(each: Returning.timePerMember, burst: Returning.slice)
        /// The announcements of servers.
        let supports = SupportPool()
    }

    init(
        _ network: NetworkID, title: String, channelTypes: String, flood: FloodLimit, version: String,
        commons: Commons = Commons(), clock: @escaping @Sendable () -> Timestamp
    ) {
        self.network = network
        self.title = title
        self.channelTypes = channelTypes
        self.flood = flood
        self.version = version
        self.commons = commons
        self.clock = clock
    }
}
