import GRDB
import GatewayKit
import Registry

/// Stores the users and domains that operators have excluded. They stay when a user's data are removed.
enum RestrictionTable: Concern {
    static func register(in routes: inout ConcernRoutes) {
        routes.change(ChangeRestrictions.self) { change, transaction in try transaction.apply(change) }
    }
}

extension Transaction {
    fileprivate func apply(_ change: ChangeRestrictions) throws {
        for subject in change.lifted {
            try run(
                "DELETE FROM restrictions WHERE gateway = $1 AND subject = $2",
                [change.gateway.storable, subject.storable])
        }
        for restriction in change.set { try set(restriction, change.gateway) }
    }

    private func set(_ restriction: Restriction, _ gateway: String) throws {
        try run(
            """
            INSERT INTO restrictions (gateway, subject, kind, reason, set_by, set_at) VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (gateway, subject) DO UPDATE SET
                kind = excluded.kind, reason = excluded.reason, set_by = excluded.set_by, set_at = excluded.set_at
            """,
            [
                gateway.storable, restriction.subject.storable, restriction.kind.rawValue, restriction.reason?.storable,
                restriction.setBy.storable,
                restriction.setAt.secondsSince1970,
            ])
    }

    /// All restrictions of a gateway, in order of their subjects.
    func restrictions(gateway: String) throws -> [Restriction] {
        try rows(
            "SELECT subject, kind, reason, set_by, set_at FROM restrictions WHERE gateway = $1 ORDER BY subject",
            [gateway.storable]
        ) { row in
            Restriction.Kind(rawValue: row[1]).map {
                Restriction(
                    subject: row[0], kind: $0, reason: row[2], setBy: row[3],
                    setAt: Timestamp(secondsSince1970: row[4]))
            }
        }
        .compactMap(\.self)
    }
}
