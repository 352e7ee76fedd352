import GRDB
import GatewayKit
import Logging

extension Registry {
    /// Everything of one gateway that its core needs at start-up. Sees every change submitted before. An account with
    /// a secret that does not open is left out with the messages that it has waiting, and logged; nothing of it is
    /// deleted.
    ///
    /// - Throws: `RegistryError.unavailable`.
    package func snapshot(gateway: String) async throws(RegistryError) -> GatewaySnapshot {
        let gateway = gateway.storable
        let seal = seal
        let logger = logger
        return try await access { db in
            let (accounts, leftOut) = try AccountRecord.all(db, gateway: gateway, seal: seal)
            leftOut.forEach { logger.report($0, of: gateway) }
            return GatewaySnapshot(
                accounts: accounts,
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
                ).map(OutboundEntry.init(row:)).filter { entry in
                    !leftOut.contains { $0.concerns(entry.account) }
                },
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

extension Logger {
    fileprivate func report(_ account: UnreadableAccount, of gateway: String) {
        error(
            "an account is left out, because a secret of it does not open",
            metadata: [
                "gateway": "\(gateway)", "user": "\(account.user)", "network": "\(account.network?.rawValue ?? "-")",
                "setting": "\(account.setting)",
                "next": "nothing is deleted: the user can register again, or restore the registry with its key file",
            ])
    }
}
