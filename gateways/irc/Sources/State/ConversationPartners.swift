import GatewayKit

/// The people with whom messages were exchanged on this connection. Their nick changes are told to the core.
struct ConversationPartners {
    /// The maximum of people. If one more is added, all others are forgotten.
    static let limit = 200

    private var all: Set<PeerAddress> = []
    /// The person of the last message. Most messages repeat it, and then the set need not be searched.
    private var last: PeerAddress?

    mutating func note(_ peer: PeerAddress) {
        if let last, last == peer { return }
        last = peer
        if all.count >= ConversationPartners.limit { all = [] }
        all.insert(peer)
    }

    func contain(_ peer: PeerAddress) -> Bool { all.contains(peer) }

    /// Replaces the address of a person who has another nick now. Does nothing if the person is not among the partners.
    mutating func rename(_ old: PeerAddress, to new: PeerAddress) {
        guard all.remove(old) != nil else { return }
        last = nil
        all.insert(new)
    }
}
