import GRDB
import GatewayKit
import Registry

/// Stores the commands that operators have executed. Also answers `UserPage` and `QueueCounts`.
enum OperatorRecord: Concern {
    static func register(in routes: inout ConcernRoutes) {
        routes.change(RecordAct.self) { change, transaction in
            try transaction.run(
                "INSERT INTO operator_acts (gateway, operator, command, details, at) VALUES ($1, $2, $3, $4, $5)",
                [
                    change.gateway.storable, change.act.by.storable, change.act.command.storable,
                    change.act.details.storable, change.act.at.secondsSince1970,
                ])
        }
        routes.query(OperatorActs.self) { query, transaction in
            try transaction.rows(
                """
                SELECT operator, command, details, at FROM operator_acts
                WHERE gateway = $1 ORDER BY sequence DESC LIMIT $2
                """, [query.gateway.storable, query.limit]
            ) { row in
                OperatorAct(
                    by: row[0], command: row[1], details: row[2], at: Timestamp(secondsSince1970: row[3]))
            }
        }
        routes.prune { now, transaction in
            try transaction.run("DELETE FROM operator_acts WHERE at < $1", [now.before(Retention.operatorActs)])
        }
        routes.query(UserPage.self) { query, transaction in try transaction.page(query) }
        routes.query(QueueCounts.self) { query, transaction in try transaction.counts(query) }
    }
}

extension Transaction {
    fileprivate func page(_ query: UserPage) throws -> [KnownUser] {
        let pattern = query.containing.storable.replacing("\\", with: "\\\\").replacing("%", with: "\\%")
            .replacing("_", with: "\\_")
        return try rows(
            """
            SELECT "user",
                EXISTS (
                    SELECT 1 FROM accounts WHERE accounts.gateway = $1 AND accounts."user" = known."user"
                        AND network = ''
                ),
                (
                    SELECT COUNT(*) FROM contacts WHERE contacts.gateway = $2 AND contacts."user" = known."user"
                        AND is_subscribed = 1
                )
            FROM (
                SELECT "user" FROM accounts WHERE gateway = $3
                UNION SELECT "user" FROM contacts WHERE gateway = $4
            ) AS known
            WHERE "user" > $5 AND "user" LIKE $6 ESCAPE '\\' ORDER BY "user" LIMIT $7
            """,
            Array(repeating: query.gateway.storable, count: 4) + [
                query.after?.storable ?? "", "%\(pattern)%", query.limit,
            ]
        ) { KnownUser(user: UserID($0[0]), isRegistered: $0[1], contacts: $0[2]) }
    }

    fileprivate func counts(_ query: QueueCounts) throws -> [QueueCount] {
        let outbound = try rows(
            """
            SELECT network, state, COUNT(*), MIN(created_at) FROM outbound
            WHERE gateway = $1 AND state IN ('waiting', 'handing') GROUP BY network, state ORDER BY network, state
            """, [query.gateway.storable], count)
        let inbound = try rows(
            """
            SELECT network, 'inbound', COUNT(*), MIN(received_at) FROM inbound
            WHERE gateway = $1 AND is_open = 1 GROUP BY network ORDER BY network
            """, [query.gateway.storable], count)
        return (outbound + inbound).compactMap(\.self)
    }

    private func count(_ row: Row) -> QueueCount? {
        QueueCount.State(rawValue: row[1]).map {
            QueueCount(
                network: NetworkID(row[0]), state: $0, messages: row[2], oldest: Timestamp(secondsSince1970: row[3]))
        }
    }
}
