import GRDB
import GatewayKit
import Registry

/// Stores the short values that gateways keep for their users and for themselves. The user of a gateway's own value is
/// empty.
enum KeptValueTable: Concern {
    static func register(in routes: inout ConcernRoutes) {
        routes.change(KeepValues.self) { change, transaction in try transaction.keep(change) }
        routes.removeUser { removal, transaction in
            try transaction.run(
                #"DELETE FROM kept_values WHERE gateway = $1 AND "user" = $2"#,
                [removal.gateway.storable, removal.user.storable])
        }
        routes.prune { now, transaction in
            try transaction.run(
                "DELETE FROM kept_values WHERE purpose = 'greeting' AND kept_at < $1",
                [now.before(Retention.greetings)])
        }
    }
}

extension Transaction {
    fileprivate func keep(_ change: KeepValues) throws {
        let place = [
            change.gateway.storable, change.user?.storable ?? "", change.purpose.rawValue, change.place.storable,
        ]
        for (key, value) in change.values {
            guard let value else {
                try run(
                    """
                    DELETE FROM kept_values
                    WHERE gateway = $1 AND "user" = $2 AND purpose = $3 AND place = $4 AND key = $5
                    """, place + [key.storable])
                continue
            }
            try run(
                """
                INSERT INTO kept_values (gateway, "user", purpose, place, key, value, kept_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7)
                ON CONFLICT (gateway, "user", purpose, place, key)
                DO UPDATE SET value = excluded.value, kept_at = excluded.kept_at
                """, place + [key.storable, value.storable, change.at.secondsSince1970])
        }
    }

    /// All values of one user, or of the gateway itself, in order of purpose, place and key.
    func keptValues(gateway: String, of user: UserID?) throws -> [KeptValue] {
        try rows(
            """
            SELECT purpose, place, key, value FROM kept_values WHERE gateway = $1 AND "user" = $2
            ORDER BY purpose, place, key
            """, [gateway.storable, user?.storable ?? ""]
        ) { row in
            KeptValue.Purpose(rawValue: row[0]).map { KeptValue($0, place: row[1], key: row[2], value: row[3]) }
        }
        .compactMap(\.self)
    }
}
