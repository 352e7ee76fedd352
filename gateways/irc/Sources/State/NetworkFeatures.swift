import GatewayKit

/// The abilities that only some networks have. The core is told of them when the server has announced its support.
struct NetworkFeatures: OptionSet, Sendable {
    let rawValue: Int

    static let reactions = NetworkFeatures(rawValue: 1)
    static let banExceptions = NetworkFeatures(rawValue: 2)
    static let inviteExceptions = NetworkFeatures(rawValue: 4)
    static let quiets = NetworkFeatures(rawValue: 8)
    /// The network makes accounts over the connection.
    static let accounts = NetworkFeatures(rawValue: 16)

    /// The features of a server that announces nothing: those that the usual channel modes give.
    static let usual: NetworkFeatures = [.banExceptions, .inviteExceptions]

    static let all: NetworkFeatures = [.reactions, .banExceptions, .inviteExceptions, .quiets, .accounts]

    /// The abilities of rooms that each feature gives.
    static let abilities: [(NetworkFeatures, Ability)] = [
        (.reactions, .reaction), (.banExceptions, .banExceptions), (.inviteExceptions, .inviteExceptions),
        (.quiets, .quiets),
    ]
}
