import GRDB
import GatewayKit
import Registry

/// What gateways need to start.
enum Snapshots: Concern {
    static func register(in routes: inout Routes) {
        routes.query(SnapshotQuery.self) { query, transaction in try transaction.snapshot(query) }
        routes.query(FullSnapshotQuery.self) { query, transaction in try transaction.everything(query.gateway) }
    }
}

extension Transaction {
    fileprivate func snapshot(_ query: SnapshotQuery) throws -> GatewaySnapshot {
        let leftOut = try unreadableAccountsWithMessages(gateway: query.gateway)
        return GatewaySnapshot(
            accounts: query.accounts ? try accounts(gateway: query.gateway) : [],
            outbound: try openOutbound(gateway: query.gateway).filter { entry in
                !leftOut.contains { $0.concerns(entry.account) }
            },
            untold: try untold(gateway: query.gateway), inbound: try openInbound(gateway: query.gateway))
    }

    /// OLD CORE ONLY, goes with `FullSnapshotQuery`.
    fileprivate func everything(_ gateway: String) throws -> GatewaySnapshot {
        var snapshot = try snapshot(SnapshotQuery(gateway: gateway, accounts: true))
        snapshot.contacts = try rows(
            #"SELECT "user", localpart FROM contacts WHERE gateway = $1 ORDER BY "user", localpart"#,
            [gateway.storable]
        ) { ContactRecord(gateway: gateway, user: UserID($0[0]), localpart: $0[1]) }
        snapshot.peers = try rows(
            """
            SELECT "user", localpart, display_name, last_seen FROM peers WHERE gateway = $1 ORDER BY "user", localpart
            """, [gateway.storable]
        ) { row in
            PeerRecord(
                gateway: gateway, user: UserID(row[0]), localpart: row[1], displayName: row[2],
                lastSeen: Timestamp(secondsSince1970: row[3]))
        }
        return snapshot
    }
}
