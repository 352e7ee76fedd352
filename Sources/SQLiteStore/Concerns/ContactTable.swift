import GRDB
import GatewayKit
import Registry

/// Stores subscriptions between users and addresses of the gateway.
enum ContactTable: Concern {
    static func register(in routes: inout ConcernRoutes) {
        routes.change(SaveContact.self) { change, transaction in
            try transaction.run(
                """
                INSERT INTO contacts (gateway, "user", localpart, is_subscribed, reverse)
                VALUES ($1, $2, $3, $4, $5)
                ON CONFLICT (gateway, "user", localpart)
                DO UPDATE SET is_subscribed = excluded.is_subscribed, reverse = excluded.reverse
                """, change.contact.key + [change.contact.isSubscribed ? 1 : 0, change.contact.reverse.rawValue])
        }
        routes.change(RemoveContact.self) { change, transaction in
            try transaction.run(
                #"DELETE FROM contacts WHERE gateway = $1 AND "user" = $2 AND localpart = $3"#, change.contact.key)
        }
        routes.query(ContactPage.self) { query, transaction in try transaction.page(query) }
        routes.query(ContactCount.self) { query, transaction in try transaction.count(query) }
        routes.removeUser { removal, transaction in
            try transaction.run(
                #"DELETE FROM contacts WHERE gateway = $1 AND "user" = $2"#,
                [removal.gateway.storable, removal.user.storable])
        }
    }
}

extension Transaction {
    fileprivate func count(_ query: ContactCount) throws -> Int {
        let condition = query.onlyGateway ? " AND localpart = ''" : ""
        let sql = "SELECT COUNT(*) FROM contacts WHERE gateway = $1 AND \(Self.shown)\(condition)"
        return try rows(sql, [query.gateway.storable]) { $0[0] as Int }.first ?? 0
    }

    /// The condition for the contacts that are shown: the user is subscribed to them and has not blocked them.
    private static let shown = """
        is_subscribed = 1 AND NOT EXISTS (
            SELECT 1 FROM blocked WHERE blocked.gateway = contacts.gateway AND blocked."user" = contacts."user"
                AND blocked.localpart = contacts.localpart AND nick = ''
        )
        """

    fileprivate func page(_ query: ContactPage) throws -> [ContactRecord] {
        var user = UserID("")
        let condition = query.onlyGateway ? " AND localpart = ''" : ""
        return try rows(
            """
            SELECT "user", localpart, reverse FROM contacts
            WHERE gateway = $1 AND ("user", localpart) > ($2, $3) AND \(Self.shown)\(condition)
            ORDER BY "user", localpart LIMIT $4
            """,
            [
                query.gateway.storable, query.after?.user.storable ?? "", query.after?.localpart.storable ?? "",
                query.limit,
            ]
        ) { row in
            let next: String = row[0]
            // All contacts of one user share one copy of the user's name, which saves memory.
            if next != user.rawValue { user = UserID(next) }
            return ContactRecord(
                gateway: query.gateway, user: user, localpart: row[1],
                reverse: ContactRecord.Reverse(rawValue: row[2]) ?? .none)
        }
    }

    /// The subscriptions between one user and addresses, in order of the localparts.
    func contacts(gateway: String, of user: UserID) throws -> [ContactRecord] {
        try rows(
            """
            SELECT localpart, is_subscribed, reverse FROM contacts WHERE gateway = $1 AND "user" = $2
            ORDER BY localpart
            """, [gateway.storable, user.storable]
        ) { row in
            ContactRecord(
                gateway: gateway, user: user, localpart: row[0], isSubscribed: row[1],
                reverse: ContactRecord.Reverse(rawValue: row[2]) ?? .none)
        }
    }
}

extension ContactRecord {
    fileprivate var key: [Transaction.Argument] { [gateway.storable, user.storable, localpart.storable] }
}
