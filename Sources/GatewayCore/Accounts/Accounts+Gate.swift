import GatewayKit
import XMPP

/// Checks requests against the capabilities that adapter sessions have announced.
extension Accounts {
    /// The maximum of bytes in a text if the network names no limit of its own.
    private static let longestText = 65_536

    /// The capabilities of an address for a user now; nil if the user has no open session on the network, or if the
    /// session has announced none yet.
    func capabilities(of address: Address, on network: NetworkID, _ user: User) -> Capabilities? {
        states[user]?.links.capabilities(of: address, on: network) { kernel.rules.kind(of: $0) }
    }

    /// Forgets the capabilities of a room that the user has left. The capabilities of all rooms hold for it again.
    func forgetCapabilities(of room: RoomAddress, _ user: User) { states[user]?.links.forget(room) }

    /// Whether the adapter must be asked to perform an action. False if the address drops such actions: the action then
    /// counts as done.
    ///
    /// - Throws: the refusal for the sender, if the address rejects the action.
    func mustAskAdapter(
        _ action: borrowing Request.Action, on network: NetworkID, _ user: User
    ) throws(StanzaError) -> Bool {
        switch action {
        case .send(let content, let address):
            return try mustAskAdapter(content, by: capabilities(of: address, on: network, user))
        case .room(let room, let change):
            let capabilities = capabilities(of: .room(room), on: network, user)
            return try mustAskAdapter(change.ability, by: capabilities)
        default: return true
        }
    }

    /// Whether the adapter must be asked to send a content to an address with these capabilities. A text is only
    /// checked for its length. Throws like `mustAskAdapter(_:on:_:)`.
    func mustAskAdapter(_ content: Content, by capabilities: Capabilities?) throws(StanzaError) -> Bool {
        guard case .text(let text) = content else {
            if case .file = content, capabilities?[.file] == .rejected { throw .noFiles }
            return try mustAskAdapter(content.ability, by: capabilities)
        }
        let longest = capabilities?.limits.textBytes ?? Self.longestText
        let length = text.body.utf8.count
        guard length <= longest else {
            let words = "The message is too long: it has \(length) bytes, and the network takes at most \(longest)."
            throw StanzaError(.policyViolation, words)
        }
        return true
    }

    /// Checks that an address does not reject an ability.
    ///
    /// - Throws: the refusal for the sender, if the address rejects it.
    func checkAbility(_ ability: Ability, at address: Address, on network: NetworkID, _ user: User) throws(StanzaError)
    {
        _ = try mustAskAdapter(ability, by: capabilities(of: address, on: network, user))
    }

    private func mustAskAdapter(_ ability: Ability, by capabilities: Capabilities?) throws(StanzaError) -> Bool {
        // Until a session has announced its capabilities, none are known. The adapter itself decides about the request
        // then.
        switch capabilities?[ability] ?? .partial {
        case .rejected:
            let words = "The network does not support this action at this address (\(ability))."
            throw StanzaError(.featureNotImplemented, words)
        case .dropped: return false
        case .fallback, .partial, .full: return true
        }
    }
}

extension StanzaError {
    fileprivate static let noFiles = StanzaError(
        .featureNotImplemented,
        "The network takes no pictures or other files at this address, so the message was not sent.")
}
