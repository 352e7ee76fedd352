import GatewayKit

/// An address of the gateway that a user has blocked. Two addresses are equal if their bytes are.
package struct BlockedAddress: Sendable, Hashable, Codable {
    /// The unescaped localpart of a person or network, or of the room of a private conversation.
    package let localpart: String
    /// The nick of the private conversation in that room; empty for a person or network.
    package let nick: String

    package init(localpart: String, nick: String = "") {
        self.localpart = localpart
        self.nick = nick
    }

    package static func == (a: BlockedAddress, b: BlockedAddress) -> Bool {
        a.localpart.utf8.elementsEqual(b.localpart.utf8) && a.nick.utf8.elementsEqual(b.nick.utf8)
    }
}

/// Blocks addresses for a user, and unblocks others. Texts of a newly blocked person that wait for the user are
/// deleted, and count as delivered.
package struct ChangeBlocks: StoreChange {
    package let gateway: String
    package let user: UserID
    package let blocked: [BlockedAddress]
    package let unblocked: [BlockedAddress]

    package init(gateway: String, user: UserID, blocked: [BlockedAddress] = [], unblocked: [BlockedAddress] = []) {
        self.gateway = gateway
        self.user = user
        self.blocked = blocked
        self.unblocked = unblocked
    }
}
