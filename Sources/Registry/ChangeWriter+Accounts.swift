import GRDB
import GatewayKit

/// Accounts, contacts and peers.
extension ChangeWriter {
    func save(_ account: AccountRecord, unique: Set<String>, _ terms: ClaimTerms) throws {
        for key in unique.sorted() {
            try checkUnique(key, in: account)
            try checkQuarantine(key, in: account, terms)
        }
        try free(unique, gateway: account.gateway, account.user, on: account.network.storable, at: terms.at)
        for key in unique { try take(key, account) }
        let owner = [account.gateway.storable, account.user.storable, account.network.storable]
        try run("INSERT INTO accounts (gateway, user, network) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", owner)
        try run("DELETE FROM account_settings WHERE gateway = ? AND user = ? AND network = ?", owner)
        for (key, value) in account.settings {
            let key = key.storable
            let isSecret = account.secretKeys.contains(key)
            let sealed = isSecret ? try seal.close(value, for: owner + [key]) : nil
            try run(
                """
                INSERT INTO account_settings (gateway, user, network, key, value, sealed) VALUES (?, ?, ?, ?, ?, ?)
                """, owner + [key, isSecret ? nil : value.storable, sealed])
        }
    }

    private func checkUnique(_ key: String, in account: AccountRecord) throws {
        guard let value = account.settings[key] else { return }
        guard !account.secretKeys.contains(key) else {
            throw RegistryError.unavailable("'\(key)' cannot be both secret and unique")
        }
        let others = try rows(
            "SELECT 1 FROM account_settings WHERE gateway = ? AND key = ? AND value = ? AND user <> ? LIMIT 1",
            [account.gateway.storable, key.storable, value.storable, account.user.storable])
        if !others.isEmpty { throw RegistryError.conflict(key: key) }
    }

    /// Refuses a value that another user has given up within the time of the quarantine.
    private func checkQuarantine(_ key: String, in account: AccountRecord, _ terms: ClaimTerms) throws {
        guard !terms.isAssigned, terms.quarantine > .zero, let value = account.settings[key] else { return }
        let freed: Double? = try first(
            "SELECT freed_at FROM freed_values WHERE gateway = ? AND key = ? AND value = ? AND user <> ?",
            [account.gateway.storable, key.storable, value.storable, account.user.storable]
        ) { $0[0] }
        guard let freed else { return }
        let end = Timestamp(secondsSince1970: freed).advanced(by: terms.quarantine)
        if terms.at < end { throw RegistryError.quarantined(key: key, until: end) }
    }

    /// The value has a user again.
    private func take(_ key: String, _ account: AccountRecord) throws {
        guard let value = account.settings[key] else { return }
        try run(
            "DELETE FROM freed_values WHERE gateway = ? AND key = ? AND value = ?",
            [account.gateway.storable, key.storable, value.storable])
    }

    /// Notes that a user gives up unique values: those for one network, or, if `network` is nil, all.
    func free(
        _ unique: Set<String>, gateway: String, _ user: UserID, on network: String? = nil, at time: Timestamp
    ) throws {
        for key in unique.sorted() {
            try run(
                """
                INSERT INTO freed_values (gateway, key, value, user, freed_at)
                SELECT gateway, key, value, user, ? FROM account_settings
                WHERE gateway = ? AND user = ? AND network = COALESCE(?, network) AND key = ? AND value IS NOT NULL
                ON CONFLICT (gateway, key, value) DO UPDATE SET user = excluded.user, freed_at = excluded.freed_at
                """, [time.secondsSince1970, gateway.storable, user.storable, network, key.storable])
        }
    }

    func removeAccount(
        gateway: String, _ user: UserID, network: NetworkID?, unique: Set<String>, at time: Timestamp
    ) throws {
        try free(unique, gateway: gateway, user, on: network.storable, at: time)
        try run(
            "DELETE FROM accounts WHERE gateway = ? AND user = ? AND network = ?",
            [gateway.storable, user.storable, network.storable])
    }

    func save(_ contact: ContactRecord) throws {
        try run(
            "INSERT INTO contacts (gateway, user, localpart) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            [contact.gateway.storable, contact.user.storable, contact.localpart.storable])
    }

    func remove(_ contact: ContactRecord) throws {
        try run(
            "DELETE FROM contacts WHERE gateway = ? AND user = ? AND localpart = ?",
            [contact.gateway.storable, contact.user.storable, contact.localpart.storable])
    }

    func save(_ peer: PeerRecord) throws {
        try run(
            """
            INSERT OR REPLACE INTO peers (gateway, user, localpart, display_name, last_seen) VALUES (?, ?, ?, ?, ?)
            """,
            [
                peer.gateway.storable, peer.user.storable, peer.localpart.storable, peer.displayName?.storable,
                peer.lastSeen.secondsSince1970,
            ])
    }
}

extension NetworkID? {
    /// Empty for a registration with the gateway itself.
    var storable: String { self?.storable ?? "" }
}
