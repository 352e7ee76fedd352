import Basics
import GatewayKit
import Registry

/// The people whom a user has met, by raw localpart: their display names and the times of their last messages.
final class MetPeers {
    private var records: [ExactText: PeerRecord] = [:]

    init(_ records: [PeerRecord]) {
        for record in records { self.records[ExactText(record.localpart)] = record }
    }

    var count: Int { records.count }
    var all: [PeerRecord] { Array(records.values) }

    subscript(localpart: String) -> PeerRecord? { records[ExactText(localpart)] }

    /// Takes in a person who has written to the user. Returns the record to be stored; nil if the name is the same and
    /// the stored time is less than one hour old.
    func update(with peer: PeerRecord) -> PeerRecord? {
        let known = records[ExactText(peer.localpart)]
        var new = peer
        new.displayName = peer.displayName ?? known?.displayName
        if let known, known.displayName == new.displayName,
            new.lastSeen < known.lastSeen.advanced(by: .seconds(3600))
        {
            return nil
        }
        records[ExactText(peer.localpart)] = new
        return new
    }
}
