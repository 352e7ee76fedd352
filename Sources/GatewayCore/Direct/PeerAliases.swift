import GatewayKit
import XMPP

/// The addresses under which a user last wrote to peers: their answers come from there.
final class PeerAliases {
    private var jids: [PeerAddress: JID] = [:]
    /// Of these, the one used last.
    private var last: (peer: PeerAddress, jid: JID)?
    private static let most = 1_000

    subscript(peer: PeerAddress) -> JID? { jids[peer] }

    func set(_ jid: JID, for peer: PeerAddress) {
        if let last, last.jid == jid, last.peer == peer { return }
        last = (peer, jid)
        if jids.count >= Self.most { jids.removeAll(keepingCapacity: true) }
        jids[peer] = jid
    }
}
