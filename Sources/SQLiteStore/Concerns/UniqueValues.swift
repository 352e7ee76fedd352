import GRDB
import GatewayKit
import Registry

/// Stores values that only one user of a gateway may have, such as a phone number, each with its present or last user.
/// The primary key of the table prevents two users from having the same value.
enum UniqueValues: Concern {
    static func register(in routes: inout ConcernRoutes) {
        routes.query(UniqueValueOwner.self) { query, transaction in
            try transaction.owner(of: query.value, gateway: query.gateway)
        }
        routes.query(MisplacedValues.self) { query, transaction in
            var users: Set<UserID> = []
            for (value, assigned) in query.assignments {
                guard let owner = try transaction.owner(of: value, gateway: query.gateway), owner != assigned
                else { continue }
                users.insert(owner)
            }
            return users.sorted { $0.rawValue < $1.rawValue }
        }
        routes.removeUser { removal, transaction in
            try transaction.releaseUnusedValues(gateway: removal.gateway, removal.user, at: removal.at)
        }
        routes.prune { now, transaction in
            try transaction.run(
                "DELETE FROM unique_values WHERE freed_at < $1", [now.before(Retention.freedValues)])
        }
    }
}

extension Transaction {
    fileprivate func owner(of value: UniqueValue, gateway: String) throws -> UserID? {
        try first(
            """
            SELECT "user" FROM unique_values
            WHERE gateway = $1 AND key = $2 AND value = $3 AND freed_at IS NULL
            """, [gateway.storable, value.field.storable, value.value.storable]
        ) { UserID($0[0]) }
    }

    /// Gives an account the values of its settings under these keys. Throws `.conflict` or `.quarantined` if another
    /// user has one of them.
    func takeUniqueValues(_ keys: Set<String>, of account: AccountRecord, _ terms: UniqueValueTerms) throws {
        for key in keys.sorted() {
            guard let value = account.settings[key] else { continue }
            guard !account.secretKeys.contains(key) else {
                throw RegistryError.unavailable("'\(key)' cannot be both secret and unique")
            }
            try takeUniqueValue(key, value, of: account, terms)
        }
    }

    /// Takes one value with one statement. If two writers claim the value at the same time, the primary key lets only
    /// one of them succeed.
    private func takeUniqueValue(_ key: String, _ value: String, of account: AccountRecord, _ terms: UniqueValueTerms)
        throws
    {
        let place = [account.gateway.storable, key.storable, value.storable]
        let isWaived = terms.isAssigned || terms.quarantine <= .zero
        let isTaken = try changes(
            """
            INSERT INTO unique_values (gateway, key, value, "user", freed_at) VALUES ($1, $2, $3, $4, NULL)
            ON CONFLICT (gateway, key, value) DO UPDATE SET "user" = excluded."user", freed_at = NULL
            WHERE unique_values."user" = excluded."user" OR unique_values.freed_at <= $5
            """,
            place + [
                account.user.storable,
                isWaived ? Double.greatestFiniteMagnitude : terms.at.before(terms.quarantine),
            ])
        if !isTaken { throw try refusal(of: key, at: place, terms) }
    }

    private func refusal(of key: String, at place: [String], _ terms: UniqueValueTerms) throws -> RegistryError {
        let freed: Double? =
            try first(
                "SELECT freed_at FROM unique_values WHERE gateway = $1 AND key = $2 AND value = $3", place
            ) { $0[0] as Double? } ?? nil
        guard let freed else { return .conflict(key: key) }
        return .quarantined(key: key, until: Timestamp(secondsSince1970: freed).advanced(by: terms.quarantine))
    }

    /// Marks the user's values that none of the user's accounts has in its settings as given up at this time.
    func releaseUnusedValues(gateway: String, _ user: UserID, at time: Timestamp) throws {
        try run(
            """
            UPDATE unique_values SET freed_at = $1
            WHERE gateway = $2 AND "user" = $3 AND freed_at IS NULL AND NOT EXISTS (
                SELECT 1 FROM account_settings AS held
                WHERE held.gateway = unique_values.gateway AND held."user" = unique_values."user"
                    AND held.key = unique_values.key AND held.value = unique_values.value
            )
            """, [time.secondsSince1970, gateway.storable, user.storable])
    }
}
