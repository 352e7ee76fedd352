import GatewayKit

extension IRCSession {
    /// The capabilities of a network, connected or not.
    static func capabilities(_ features: NetworkFeatures) -> CapabilityTable {
        CapabilityTable(network: network(features), peers: peers(features), rooms: rooms(features))
    }

    /// The capabilities of the network itself.
    static func network(_ features: NetworkFeatures) -> Capabilities {
        features.contains(.accounts) ? networkWithAccounts : plainNetwork
    }

    /// The capabilities towards every peer of the network.
    static func peers(_ features: NetworkFeatures) -> Capabilities {
        features.contains(.reactions) ? reactingPeers : plainPeers
    }

    /// The capabilities towards every room of the network.
    static func rooms(_ features: NetworkFeatures) -> Capabilities { roomTables[features.rawValue] }

    // These tables are made once, because thousands of sessions share them.

    private static let plainNetwork = Capabilities(requests)
    private static let networkWithAccounts = Capabilities(requests.merging([.accounts: .full]) { $1 })
    private static let plainPeers = Capabilities(messages.merging(questions) { $1 }, limits: limits)
    private static let reactingPeers = Capabilities(
        messages.merging(questions) { $1 }.merging([.reaction: .full]) { $1 }, limits: limits)
    private static let roomTables = (0...NetworkFeatures.all.rawValue).map { rawValue in
        var grades = messages.merging(changes) { $1 }
        for (feature, ability) in NetworkFeatures.abilities
        where NetworkFeatures(rawValue: rawValue).contains(feature) { grades[ability] = .full }
        return Capabilities(grades, limits: limits)
    }

    private static let requests: [Ability: Capabilities.Grade] = [
        .nickChange: .full, .presence: .full, .keepConnected: .full, .watch: .full, .roomSearch: .full, .raw: .full,
        .command: .full,
    ]
    private static let messages: [Ability: Capabilities.Grade] = [
        .text: .full, .action: .full, .notice: .fallback, .file: .fallback, .typing: .dropped, .read: .dropped,
        .command: .full,
    ]
    private static let changes: [Ability: Capabilities.Grade] = [
        .join: .full, .topic: .full, .kick: .full, .invitation: .full, .rank: .full, .bans: .full, .settings: .full,
        .preferences: .full,
    ]
    private static let questions: [Ability: Capabilities.Grade] = [
        .profile: .full, .software: .full, .echo: .full, .time: .full,
    ]

    /// A text of this size fits into `Outbox.queueLimit` lines if its lines are not very short.
    private static let limits = Capabilities.Limits(textBytes: 32_768)

    /// The failure of a request that is never written to the network. Nil if the capabilities say that such a request
    /// is dropped: then it counts as accepted.
    static func refusal(of action: Request.Action, network: String) -> Failure? {
        if capabilities([]).capabilities(of: action.address).drops(action) { return nil }
        if case .send(_, to: .network) = action {
            return Failure(.unsupported, "\(network) itself takes no messages.")
        }
        return Failure(.unsupported, "\(network) does not support this, or this gateway cannot request it there.")
    }
}
