import GRDB
import GatewayKit
import Registry

/// Stores the people who want no messages from the holder of a unique value. The rows stay when a user's data are
/// removed: they are the wishes of others.
enum OptOutTable: Concern {
    static func register(in routes: inout ConcernRoutes) {
        routes.query(OptOutPage.self) { query, transaction in try transaction.optOuts(query) }
        routes.change(LiftOptOut.self) { change, transaction in
            try transaction.lift(change.line, change.localpart, gateway: change.gateway)
        }
    }
}

extension Transaction {
    /// Records that a person has given or withdrawn consent by a message.
    func apply(_ note: ConsentNote, _ entry: InboundEntry) throws {
        let line = note.line
        switch note.consent {
        case .given: try lift(line, entry.localpart, gateway: entry.gateway)
        case .withdrawn:
            try run(
                """
                INSERT INTO opt_outs (gateway, localpart, key, value, since, source) VALUES ($1, $2, $3, $4, $5, $6)
                ON CONFLICT (gateway, localpart, key, value) DO UPDATE SET
                    since = excluded.since, source = excluded.source
                """,
                [
                    entry.gateway.storable, entry.localpart.storable, line.field.storable, line.value.storable,
                    entry.receivedAt.secondsSince1970, OptOut.Source.person.rawValue,
                ])
        }
    }

    /// Records that the network has refused a message, because its recipient wants none from the sender. An earlier
    /// record stays as it is.
    func noteOptOut(of entry: OutboundEntry, at time: Timestamp) throws {
        try run(
            """
            INSERT INTO opt_outs (gateway, localpart, key, value, since, source)
            SELECT gateway, $1, key, value, $2, $3 FROM unique_values
            WHERE gateway = $4 AND "user" = $5 AND freed_at IS NULL
            ON CONFLICT (gateway, localpart, key, value) DO NOTHING
            """,
            [
                entry.localpart.storable, time.secondsSince1970, OptOut.Source.network.rawValue,
                entry.gateway.storable, entry.account.user.storable,
            ])
    }

    /// The wish that forbids a user to write to a person; nil if there is none.
    func optOut(gateway: String, of localpart: String, from user: UserID) throws -> OptOut? {
        // SQLite keeps the order of the tables in a CROSS JOIN. Most people have no row in the first table.
        // So the second one is rarely read.
        try first(
            """
            SELECT opt_outs.key, opt_outs.value, since, source FROM opt_outs CROSS JOIN unique_values
            WHERE opt_outs.gateway = $1 AND opt_outs.localpart = $2
                AND unique_values.gateway = opt_outs.gateway AND unique_values.key = opt_outs.key
                AND unique_values.value = opt_outs.value AND unique_values."user" = $3
                AND unique_values.freed_at IS NULL
            LIMIT 1
            """, [gateway.storable, localpart.storable, user.storable]
        ) { row in
            OptOut(
                line: UniqueValue(row[0], row[1]), localpart: localpart, since: Timestamp(secondsSince1970: row[2]),
                source: OptOut.Source(rawValue: row[3]) ?? .network)
        }
    }

    fileprivate func lift(_ line: UniqueValue, _ localpart: String, gateway: String) throws {
        try run(
            "DELETE FROM opt_outs WHERE gateway = $1 AND localpart = $2 AND key = $3 AND value = $4",
            [gateway.storable, localpart.storable, line.field.storable, line.value.storable])
    }

    fileprivate func optOuts(_ query: OptOutPage) throws -> [OptOut] {
        let after = query.after
        return try rows(
            """
            SELECT key, value, localpart, since, source FROM opt_outs
            WHERE gateway = $1 AND (key, value, localpart) > ($2, $3, $4)
            ORDER BY key, value, localpart LIMIT $5
            """,
            [
                query.gateway.storable, after?.line.field.storable ?? "", after?.line.value.storable ?? "",
                after?.localpart.storable ?? "", query.limit,
            ]
        ) { row in
            OptOut(
                line: UniqueValue(row[0], row[1]), localpart: row[2], since: Timestamp(secondsSince1970: row[3]),
                source: OptOut.Source(rawValue: row[4]) ?? .network)
        }
    }
}
