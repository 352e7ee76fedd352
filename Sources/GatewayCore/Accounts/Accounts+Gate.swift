import GatewayKit
import XMPP

/// What an address can take, as far as its session has said.
extension Accounts {
    /// Bytes of a text where the network names no limit of its own.
    private static let longestText = 65_536

    /// What can be done towards an address for a user now; nil if no session is open for it.
    func capabilities(of address: Address, on network: NetworkID, _ user: User) -> Capabilities? {
        states[user]?.links.capabilities(of: address, on: network, kernel.rules)
    }

    /// The user is out of a room.
    func forgetCapabilities(of room: RoomAddress, _ user: User) { states[user]?.links.forget(room) }

    /// Whether the adapter is to be asked; false where nobody misses it.
    ///
    /// - Throws: the refusal for the sender.
    func isWanted(
        _ action: borrowing Request.Action, on network: NetworkID, _ user: User
    ) throws(StanzaError) -> Bool {
        switch action {
        case .send(let content, let address):
            return try isWanted(content, by: capabilities(of: address, on: network, user))
        case .room(let room, let change):
            let capabilities = capabilities(of: .room(room), on: network, user)
            return try isWanted(change.ability, by: capabilities)
        default: return true
        }
    }

    /// The same for what is said to an address.
    func isWanted(_ content: Content, by capabilities: Capabilities?) throws(StanzaError) -> Bool {
        guard case .text(let text) = content else { return try isWanted(content.ability, by: capabilities) }
        let longest = capabilities?.limits.textBytes ?? Self.longestText
        let length = text.body.utf8.count
        guard length <= longest else {
            let words = "The message is too long: \(length) bytes, and the network takes \(longest)."
            throw StanzaError(.modify, .policyViolation, words)
        }
        return true
    }

    /// - Throws: the refusal for the sender if an address cannot take something of this kind.
    func mustTake(_ ability: Ability, at address: Address, on network: NetworkID, _ user: User) throws(StanzaError) {
        _ = try isWanted(ability, by: capabilities(of: address, on: network, user))
    }

    private func isWanted(_ ability: Ability, by capabilities: Capabilities?) throws(StanzaError) -> Bool {
        // A session that is being opened has not said anything yet: the adapter judges.
        switch capabilities?[ability] ?? .partial {
        case .rejected:
            let words = "The network of this address has nothing like this (\(ability))."
            throw StanzaError(.cancel, .featureNotImplemented, words)
        case .dropped: return false
        case .fallback, .partial, .full: return true
        }
    }
}
