import GRDB
import GatewayKit

/// Accounts, contacts and peers.
extension ChangeWriter {
    func save(_ account: AccountRecord, unique: Set<String>) throws {
        for key in unique.sorted() { try checkUnique(key, in: account) }
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
