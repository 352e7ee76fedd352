import GatewayKit

extension IRCSession {
    /// What can be done on every network, connected or not; a network with client tags carries reactions, too.
    static func capabilities(hasReactions: Bool) -> CapabilityTable {
        CapabilityTable(
            network: network, peers: peers(hasReactions: hasReactions), rooms: rooms(hasReactions: hasReactions))
    }

    static func peers(hasReactions: Bool) -> Capabilities { hasReactions ? reactingPeers : plainPeers }

    static func rooms(hasReactions: Bool) -> Capabilities { hasReactions ? reactingRooms : plainRooms }

    // Made once, because thousands of sessions share them.

    private static let network = Capabilities([.nickChange: .full, .presence: .dropped])
    private static let plainPeers = Capabilities(messages, limits: limits)
    private static let plainRooms = Capabilities(messages.merging(changes) { $1 }, limits: limits)
    private static let reactingPeers = Capabilities(messages.merging(reactions) { $1 }, limits: limits)
    private static let reactingRooms = Capabilities(
        messages.merging(changes) { $1 }.merging(reactions) { $1 }, limits: limits)

    private static let messages: [Ability: Capabilities.Grade] = [
        .text: .full, .action: .full, .notice: .fallback, .file: .fallback, .typing: .dropped, .read: .dropped,
    ]
    private static let changes: [Ability: Capabilities.Grade] = [.join: .full, .topic: .full, .kick: .full]
    private static let reactions: [Ability: Capabilities.Grade] = [.reaction: .full]

    /// As much as fits into the lines that may wait, if they are not too short.
    private static let limits = Capabilities.Limits(textBytes: 32_768)

    /// Why a request is not carried out that is never written to the network; nil if it is dropped, which counts as
    /// done.
    static func refusal(of action: Request.Action, network: String) -> Failure? {
        if capabilities(hasReactions: false).capabilities(of: action.address).drops(action) { return nil }
        if case .send(_, to: .network) = action {
            return Failure(.unsupported, "\(network) itself takes no messages.")
        }
        return Failure(.unsupported, "\(network) cannot do this, or this gateway does not know how to ask for it.")
    }
}
