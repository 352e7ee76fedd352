import GRDB
import GatewayKit
import Registry

/// Stores the people on foreign networks who have written to users.
enum Peers: Concern {
    static func register(in routes: inout ConcernRoutes) {
        routes.change(SavePeer.self) { change, transaction in try transaction.save(change.peer) }
        routes.removeUser { removal, transaction in
            try transaction.run(
                #"DELETE FROM peers WHERE gateway = $1 AND "user" = $2"#,
                [removal.gateway.storable, removal.user.storable])
        }
        routes.prune { now, transaction in
            try transaction.run("DELETE FROM peers WHERE last_seen < $1", [now.before(Retention.peers)])
        }
    }
}

extension Transaction {
    fileprivate func save(_ peer: PeerRecord) throws {
        try run(
            """
            INSERT INTO peers (gateway, "user", localpart, display_name, last_seen) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (gateway, "user", localpart)
            DO UPDATE SET display_name = excluded.display_name, last_seen = excluded.last_seen
            """,
            [
                peer.gateway.storable, peer.user.storable, peer.localpart.storable, peer.displayName?.storable,
                peer.lastSeen.secondsSince1970,
            ])
    }

    /// All peers of one user, in order of their localparts.
    func peers(gateway: String, of user: UserID) throws -> [PeerRecord] {
        try rows(
            """
            SELECT localpart, display_name, last_seen FROM peers WHERE gateway = $1 AND "user" = $2 ORDER BY localpart
            """, [gateway.storable, user.storable]
        ) { row in
            PeerRecord(
                gateway: gateway, user: user, localpart: row[0], displayName: row[1],
                lastSeen: Timestamp(secondsSince1970: row[2]))
        }
    }
}
