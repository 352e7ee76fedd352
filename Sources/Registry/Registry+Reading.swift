import GRDB
import GatewayKit

extension Registry {
    /// Everything of one gateway that its core needs at start-up. Sees every change submitted before.
    ///
    /// - Throws: `RegistryError.unavailable`, also when a sealed value cannot be opened.
    package func snapshot(gateway: String) async throws(RegistryError) -> GatewaySnapshot {
        let gateway = gateway.storable
        let seal = seal
        return try await access { db in
            GatewaySnapshot(
                accounts: try AccountRecord.all(db, gateway: gateway, seal: seal),
                contacts: try Row.fetchAll(
                    db, sql: "SELECT * FROM contacts WHERE gateway = ? ORDER BY user, localpart", arguments: [gateway]
                ).map(ContactRecord.init(row:)),
                peers: try Row.fetchAll(
                    db, sql: "SELECT * FROM peers WHERE gateway = ? ORDER BY user, localpart", arguments: [gateway]
                ).map(PeerRecord.init(row:)),
                outbound: try Row.fetchAll(
                    db,
                    sql: """
                        SELECT \(OutboundEntry.columns) FROM outbound
                        WHERE gateway = ? AND state IN ('waiting', 'handing') ORDER BY sequence
                        """, arguments: [gateway]
                ).map(OutboundEntry.init(row:)),
                untold: try Row.fetchAll(
                    db,
                    sql: """
                        SELECT \(OutboundEntry.columns), kind, words FROM outbound JOIN untold USING (id) WHERE gateway = ? ORDER BY sequence
                        """, arguments: [gateway]
                ).map { UntoldOutcome(OutboundEntry(row: $0), failure: Failure(row: $0)) },
                inbound: try Row.fetchAll(
                    db,
                    sql: """
                        SELECT * FROM inbound WHERE gateway = ? ORDER BY sequence
                        """, arguments: [gateway]
                ).map(InboundEntry.init(row:)))
        }
    }

    /// One outbound entry in whatever state it is, for reports that come late; nil if there is none (any more).
    package func outbound(id: RequestID) async throws(RegistryError) -> OutboundEntry? {
        try await access { db in
            try Row.fetchOne(
                db, sql: "SELECT \(OutboundEntry.columns) FROM outbound WHERE id = ?", arguments: [id.storable]
            )
            .map(OutboundEntry.init(row:))
        }
    }
}
