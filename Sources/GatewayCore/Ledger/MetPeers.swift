import GatewayKit
import Registry

/// The people whom a user has met: what to call them, and when they were last heard of.
final class MetPeers {
    private var records: [String: PeerRecord] = [:]

    init(_ records: [PeerRecord]) {
        for record in records { self.records[record.localpart] = record }
    }

    var count: Int { records.count }

    subscript(localpart: String) -> PeerRecord? { records[localpart] }

    /// Remembers a meeting. Nil if there is nothing new worth writing: times are kept to the hour.
    func met(_ peer: PeerRecord) -> PeerRecord? {
        let known = records[peer.localpart]
        var new = peer
        new.displayName = peer.displayName ?? known?.displayName
        if let known, known.displayName == new.displayName,
            new.lastSeen < known.lastSeen.advanced(by: .seconds(3600))
        {
            return nil
        }
        records[peer.localpart] = new
        return new
    }
}
