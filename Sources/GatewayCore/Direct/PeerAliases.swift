import GatewayKit
import XMPP

/// For each peer, the JID under which the user last wrote to that peer. Messages of the peer come from this JID.
final class PeerAliases {
    private var jids: [PeerAddress: JID] = [:]
    /// The entry that was set last. Most messages repeat it, and then the table need not change. Exclusive access is
    /// not checked, because every private message reads it. This is safe, because it is read and set as a whole.
    @exclusivity(unchecked) private var last: Entry?
    /// Maximum of entries. All are forgotten when one more is added.
    private static let most = 1_000

    subscript(peer: PeerAddress) -> JID? { jids[peer] }

    /// Removes and returns the JID under which the user last wrote to a peer.
    func remove(_ peer: PeerAddress) -> JID? {
        if last?.peer == peer { last = nil }
        return jids.removeValue(forKey: peer)
    }

    /// Stores the JID under which the user has written to a peer.
    func set(_ jid: JID, for peer: PeerAddress) {
        // A bare JID always stands for the same person. An occupant JID can belong to another person later.
        if let last, last.jid == jid, jid.isBare || last.peer == peer { return }
        last = Entry(peer, jid)
        if jids.count >= Self.most { jids.removeAll(keepingCapacity: true) }
        jids[peer] = jid
    }

    /// An object, so that comparing its values copies none of them.
    private final class Entry {
        let peer: PeerAddress
        let jid: JID

        init(_ peer: PeerAddress, _ jid: JID) {
            self.peer = peer
            self.jid = jid
        }
    }
}
