import GatewayKit
import Registry

/// The people whom a user has met, by raw localpart: their display names and the times of their last messages.
final class MetPeers {
    private var records: [String: PeerRecord] = [:]

    init(_ records: [PeerRecord]) {
        for record in records { self.records[record.localpart] = record }
    }

    var count: Int { records.count }

    subscript(localpart: String) -> PeerRecord? { records[localpart] }

    /// Takes in a person who has written to the user. Returns the record to be stored; nil if the name is the same and
    /// the stored time is less than one hour old.
    func update(with peer: PeerRecord) -> PeerRecord? {
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
