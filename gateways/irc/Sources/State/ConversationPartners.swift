import GatewayKit

/// The people with whom messages were exchanged on this connection. Their nick changes are told to the core.
struct ConversationPartners {
    /// The number of people. All are forgotten when one more is added.
    static let limit = 200

    private var all: Set<PeerAddress> = []
    /// The person of the last message. Most messages repeat it, and then the set need not be searched.
    private var last: PeerAddress?

    mutating func note(_ peer: PeerAddress) {
        if last == peer { return }
        last = peer
        if all.count >= ConversationPartners.limit { all = [] }
        all.insert(peer)
    }

    func contain(_ peer: PeerAddress) -> Bool { all.contains(peer) }

    /// A person has another address from now on.
    mutating func rename(_ old: PeerAddress, to new: PeerAddress) {
        guard all.remove(old) != nil else { return }
        last = nil
        all.insert(new)
    }
}
