import GRDB
import GatewayKit
import Registry

/// Stores the people who want no messages from the holder of a unique value, and for some time those who want messages
/// again. The rows stay when a user's data are removed: they are the wishes of others.
enum OptOutTable: Concern {
    static func register(in routes: inout ConcernRoutes) {
        routes.query(OptOutPage.self) { query, transaction in try transaction.optOuts(query) }
        routes.query(OptOutCount.self) { query, transaction in
            try transaction.first(
                "SELECT COUNT(*) FROM opt_outs WHERE gateway = $1 AND is_given = 0", [query.gateway.storable]
            ) { $0[0] as Int } ?? 0
        }
        routes.change(NoteConsent.self) { change, transaction in
            try transaction.note(change.note, of: change.localpart, gateway: change.gateway, at: change.at)
        }
        routes.change(LiftOptOut.self) { change, transaction in try transaction.lift(change) }
        // After that time there is no report about an older message any more.
        routes.prune { now, transaction in
            try transaction.run(
                "DELETE FROM opt_outs WHERE is_given = 1 AND since < $1", [now.before(Retention.finishedOutbound)])
        }
    }
}

extension Transaction {
    /// Records that a person has given or withdrawn consent by a message of this time. A consent from a later message
    /// of the person stays. A report of the network is no message of the person, so any consent replaces it.
    func note(_ note: ConsentNote, of localpart: String, gateway: String, at time: Timestamp) throws {
        try run(
            """
            INSERT INTO opt_outs (gateway, localpart, key, value, since, source, is_given)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            ON CONFLICT (gateway, localpart, key, value) DO UPDATE SET
                since = excluded.since, source = excluded.source, is_given = excluded.is_given
            WHERE opt_outs.since <= excluded.since OR opt_outs.source = $8
            """,
            [
                gateway.storable, localpart.storable, note.line.field.storable, note.line.value.storable,
                time.secondsSince1970, OptOut.Source.person.rawValue, note.consent == .given,
                OptOut.Source.network.rawValue,
            ])
    }

    /// Records that the network has refused a message, because its recipient wants none from its sender. An earlier
    /// record stays as it is, and so does a consent that the person has given after the message.
    func noteOptOut(of entry: OutboundEntry, at time: Timestamp) throws {
        try run(
            """
            INSERT INTO opt_outs (gateway, localpart, key, value, since, source)
            SELECT gateway, localpart, line_key, line_value, $1, $2 FROM outbound
            WHERE id = $3 AND line_key IS NOT NULL
            ON CONFLICT (gateway, localpart, key, value) DO UPDATE SET
                since = excluded.since, source = excluded.source, is_given = 0
            WHERE opt_outs.is_given = 1 AND opt_outs.since < $4
            """,
            [
                time.secondsSince1970, OptOut.Source.network.rawValue, entry.id.storable,
                entry.createdAt.secondsSince1970,
            ])
    }

    /// The wish that forbids the holder of a value to write to a person; nil if there is none.
    func optOut(gateway: String, of localpart: String, from line: UniqueValue) throws -> OptOut? {
        try first(
            """
            SELECT since, source FROM opt_outs
            WHERE gateway = $1 AND localpart = $2 AND key = $3 AND value = $4 AND is_given = 0
            """, [gateway.storable, localpart.storable, line.field.storable, line.value.storable]
        ) { row in
            OptOut(
                line: line, localpart: localpart, since: Timestamp(secondsSince1970: row[0]),
                source: OptOut.Source(rawValue: row[1]) ?? .network)
        }
    }

    fileprivate func lift(_ change: LiftOptOut) throws {
        try run(
            """
            UPDATE opt_outs SET is_given = 1, since = $1, source = $2
            WHERE gateway = $3 AND localpart = $4 AND key = $5 AND value = $6
            """,
            [
                change.at.secondsSince1970, OptOut.Source.person.rawValue, change.gateway.storable,
                change.localpart.storable, change.line.field.storable, change.line.value.storable,
            ])
    }

    fileprivate func optOuts(_ query: OptOutPage) throws -> [OptOut] {
        let after = query.after
        return try rows(
            """
            SELECT key, value, localpart, since, source FROM opt_outs
            WHERE gateway = $1 AND (key, value, localpart) > ($2, $3, $4) AND is_given = 0
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
