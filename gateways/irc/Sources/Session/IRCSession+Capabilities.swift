import GatewayKit

extension IRCSession {
    /// The capabilities of a network, connected or not. Only reactions depend on the network: they need client tags.
    static func capabilities(hasReactions: Bool) -> CapabilityTable {
        CapabilityTable(
            network: network, peers: peers(hasReactions: hasReactions), rooms: rooms(hasReactions: hasReactions))
    }

    /// The capabilities towards every peer of the network.
    static func peers(hasReactions: Bool) -> Capabilities { hasReactions ? reactingPeers : plainPeers }

    /// The capabilities towards every room of the network.
    static func rooms(hasReactions: Bool) -> Capabilities { hasReactions ? reactingRooms : plainRooms }

    // These tables are made once, because thousands of sessions share them.

    private static let network = Capabilities([
        .nickChange: .full, .presence: .full, .watch: .full, .roomSearch: .full, .raw: .full, .command: .full,
    ])
    private static let plainPeers = Capabilities(messages.merging(questions) { $1 }, limits: limits)
    private static let plainRooms = Capabilities(messages.merging(changes) { $1 }, limits: limits)
    private static let reactingPeers = Capabilities(
        messages.merging(questions) { $1 }.merging(reactions) { $1 }, limits: limits)
    private static let reactingRooms = Capabilities(
        messages.merging(changes) { $1 }.merging(reactions) { $1 }, limits: limits)

    private static let messages: [Ability: Capabilities.Grade] = [
        .text: .full, .action: .full, .notice: .fallback, .file: .fallback, .typing: .dropped, .read: .dropped,
        .command: .full,
    ]
    private static let changes: [Ability: Capabilities.Grade] = [
        .join: .full, .topic: .full, .kick: .full, .invitation: .full,
    ]
    private static let questions: [Ability: Capabilities.Grade] = [.profile: .full, .software: .full, .echo: .full]
    private static let reactions: [Ability: Capabilities.Grade] = [.reaction: .full]

    /// A text of this size fits into `Outbox.queueLimit` lines if its lines are not very short.
    private static let limits = Capabilities.Limits(textBytes: 32_768)

    /// The failure of a request that is never written to the network. Nil if the capabilities say that such a request
    /// is dropped: then it counts as accepted.
    static func refusal(of action: Request.Action, network: String) -> Failure? {
        if capabilities(hasReactions: false).capabilities(of: action.address).drops(action) { return nil }
        if case .send(_, to: .network) = action {
            return Failure(.unsupported, "\(network) itself takes no messages.")
        }
        return Failure(.unsupported, "\(network) does not support this, or this gateway cannot request it there.")
    }
}
