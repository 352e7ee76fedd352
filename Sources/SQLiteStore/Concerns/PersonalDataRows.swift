import Foundation
import GRDB
import GatewayKit
import Registry

/// Answers `PersonalDataQuery`, and moves the data of a user to another one.
enum PersonalDataRows: Concern {
    static func register(in routes: inout ConcernRoutes) {
        routes.query(PersonalDataQuery.self) { query, transaction in
            let sent = SentMessages(gateway: query.gateway, user: query.user, limit: query.messages)
            return PersonalData(
                record: try transaction.record(of: query.user, gateway: query.gateway),
                sent: try transaction.sentMessages(sent))
        }
        routes.change(MoveUser.self) { change, transaction in try transaction.move(change) }
    }
}

extension Transaction {
    /// The tables with a column `user`. In a move, their rows get the new user.
    private static let plainTables = [
        "accounts", "account_settings", "contacts", "peers", "kept_values", "unique_values", "outbound", "inbound",
        "blocked",
    ]

    fileprivate func move(_ change: MoveUser) throws {
        for table in Self.plainTables where try holds(table, change.gateway, change.to) {
            throw RegistryError.conflict(key: table)
        }
        let isWaiting = try first(
            #"SELECT 1 FROM outbound WHERE gateway = $1 AND "user" = $2 AND state IN ('waiting', 'handing') LIMIT 1"#,
            [change.gateway.storable, change.from.storable]
        ) { _ in true }
        guard isWaiting == nil else { throw RegistryError.conflict(key: MoveUser.waitingMessages) }
        // The settings of an account follow it: they refer to its row, and their secrets are sealed for its user.
        let secrets = try secrets(of: change)
        try run(
            """
            INSERT INTO accounts (gateway, "user", network)
            SELECT gateway, $1, network FROM accounts WHERE gateway = $2 AND "user" = $3
            """, [change.to.storable, change.gateway.storable, change.from.storable])
        for table in Self.plainTables where table != "accounts" {
            try run(
                #"UPDATE \#(table) SET "user" = $1 WHERE gateway = $2 AND "user" = $3"#,
                [change.to.storable, change.gateway.storable, change.from.storable])
        }
        try run(
            #"DELETE FROM accounts WHERE gateway = $1 AND "user" = $2"#,
            [change.gateway.storable, change.from.storable])
        for (network, key, sealed) in secrets {
            try run(
                """
                UPDATE account_settings SET sealed = $1
                WHERE gateway = $2 AND "user" = $3 AND network = $4 AND key = $5
                """, [sealed, change.gateway.storable, change.to.storable, network, key])
        }
        try copyCounters(from: change.from, to: change.to, gateway: change.gateway)
        // The new address has not let anybody see when the user is online.
        try run(
            #"DELETE FROM contacts WHERE gateway = $1 AND "user" = $2 AND is_subscribed = 0"#,
            [change.gateway.storable, change.to.storable])
        try run(
            #"UPDATE contacts SET reverse = 'none' WHERE gateway = $1 AND "user" = $2"#,
            [change.gateway.storable, change.to.storable])
        // Reports about the user's messages go to the new address.
        try run(
            #"UPDATE outbound SET sender = $1 WHERE gateway = $2 AND "user" = $3"#,
            [change.to.storable, change.gateway.storable, change.to.storable])
    }

    private func holds(_ table: String, _ gateway: String, _ user: UserID) throws -> Bool {
        // A value in quarantine does not count as data of its last user. It moves with the other rows all the same, so
        // that the quarantine still holds.
        let condition = table == "unique_values" ? " AND freed_at IS NULL" : ""
        return try first(
            #"SELECT 1 FROM \#(table) WHERE gateway = $1 AND "user" = $2\#(condition) LIMIT 1"#,
            [gateway.storable, user.storable]
        ) { _ in true } ?? false
    }

    /// The user's secrets, sealed for the new user: network, key, sealed value.
    private func secrets(of change: MoveUser) throws -> [(String, String, Data)] {
        try rows(
            """
            SELECT network, key, sealed FROM account_settings
            WHERE gateway = $1 AND "user" = $2 AND sealed IS NOT NULL
            """, [change.gateway.storable, change.from.storable]
        ) { row in
            let (network, key, sealed): (String, String, Data) = (row[0], row[1], row[2])
            let secret = try seal.open(sealed, for: [change.gateway.storable, change.from.storable, network, key])
            let place = [change.gateway.storable, change.to.storable, network, key]
            return (network, key, try seal.close(secret, for: place))
        }
    }
}
