import GRDB
import GatewayKit
import Registry

/// Stores inbound messages. They stay without their texts when the XMPP server has them, so that repeats are
/// recognised.
enum InboundLedger: Concern {
    static func register(in routes: inout ConcernRoutes) {
        routes.query(OpenInbound.self) { query, transaction in try transaction.openInbound(query) }
        // The keys stay, because the provider may still repeat a message of the removed user. A key names no person.
        routes.removeUser { removal, transaction in
            try transaction.run(
                """
                UPDATE inbound SET id = NULL, "user" = '', localpart = '', display_name = NULL, text = '',
                    file = NULL, foreign_id = NULL, is_open = 0
                WHERE gateway = $1 AND "user" = $2
                """, [removal.gateway.storable, removal.user.storable])
        }
        routes.prune { now, transaction in
            try transaction.run(
                "DELETE FROM inbound WHERE received_at <= $1 AND is_open = 0", [now.before(Retention.deduplication)])
            try transaction.run(
                """
                DELETE FROM inbound WHERE sequence <= (SELECT MAX(sequence) FROM inbound) - $1 AND is_open = 0
                """, [Retention.ledgerRows])
        }
    }
}

extension Transaction {
    /// Inserts an entry. False if the key was already taken within `Retention.deduplication`.
    func append(_ entry: InboundEntry) throws -> Bool {
        let isNew = try insert(entry) || (freeExpiredKey(of: entry) && insert(entry))
        // The repetition of an old message must not withdraw a consent that was given after that message.
        if isNew, let consent = entry.consent {
            try note(consent, of: entry.localpart, gateway: entry.gateway, at: entry.receivedAt)
        }
        return isNew
    }

    private func insert(_ entry: InboundEntry) throws -> Bool {
        try refusingUsedID {
            try changes(
                """
                INSERT INTO inbound (id, gateway, "user", network, localpart, display_name, text, deduplication_key,
                    foreign_id, is_open, received_at, file)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10, $11)
                ON CONFLICT (gateway, network, deduplication_key) DO NOTHING
                """,
                [
                    entry.id.storable, entry.gateway.storable, entry.account.user.storable,
                    entry.account.network.storable, entry.localpart.storable, entry.displayName?.storable,
                    entry.text.storable, entry.deduplicationKey.storable, entry.foreignID?.storable,
                    entry.receivedAt.secondsSince1970, StoredFile.text(entry.file)?.storable,
                ])
        }
    }

    /// Renames the key of a message that is older than `Retention.deduplication`, so that the key is free. The message
    /// itself stays, because the XMPP server may not have it yet. False if there is no such message.
    private func freeExpiredKey(of entry: InboundEntry) throws -> Bool {
        try changes(
            """
            UPDATE inbound SET deduplication_key = deduplication_key || '/' || sequence
            WHERE gateway = $1 AND network = $2 AND deduplication_key = $3 AND received_at <= $4
            """,
            [
                entry.gateway.storable, entry.account.network.storable, entry.deduplicationKey.storable,
                entry.receivedAt.before(Retention.deduplication),
            ])
    }

    private func refusingUsedID(_ body: () throws -> Bool) throws -> Bool {
        do {
            return try body()
        } catch let error as DatabaseError where error.extendedResultCode == .SQLITE_CONSTRAINT_UNIQUE {
            throw RegistryError.conflict(key: "id")
        }
    }

    /// Empties the texts of messages that the XMPP server has.
    func finishInbound(_ ids: [String]) throws {
        for id in ids {
            try run(
                "UPDATE inbound SET text = '', file = NULL, display_name = NULL, is_open = 0 WHERE id = $1",
                [id.storable])
        }
    }

    /// Messages that the XMPP server may not have, oldest first.
    func openInbound(_ query: OpenInbound) throws -> [InboundEntry] {
        let ofUser = query.user.map { [$0.storable] } ?? []
        let rest = ofUser.isEmpty ? "ORDER BY sequence LIMIT $3" : #"AND "user" = $3 ORDER BY sequence LIMIT $4"#
        return try rows(
            """
            SELECT id, "user", network, localpart, display_name, text, deduplication_key, foreign_id, received_at,
                file
            FROM inbound
            WHERE gateway = $1 AND is_open = 1 AND sequence > COALESCE((SELECT sequence FROM inbound WHERE id = $2), 0)
                \(rest)
            """, [query.gateway.storable, query.after?.storable] + ofUser + [query.limit]
        ) { row in
            InboundEntry(
                id: row[0], gateway: query.gateway,
                account: AccountID(user: UserID(row[1]), network: NetworkID(row[2])),
                localpart: row[3], displayName: row[4], text: row[5], file: StoredFile.file(row[9]),
                deduplicationKey: row[6],
                foreignID: (row[7] as String?).map(MessageID.init), receivedAt: Timestamp(secondsSince1970: row[8]))
        }
    }
}
