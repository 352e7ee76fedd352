import Foundation
import GRDB
import GatewayKit
import Registry

/// Stores users' registrations and their settings.
enum AccountTables: Concern {
    static func register(in routes: inout ConcernRoutes) {
        routes.change(SaveAccount.self) { change, transaction in try transaction.save(change) }
        routes.change(RemoveAccount.self) { change, transaction in try transaction.remove(change) }
        routes.removeUser { removal, transaction in
            try transaction.run(
                #"DELETE FROM accounts WHERE gateway = $1 AND "user" = $2"#,
                [removal.gateway.storable, removal.user.storable])
        }
    }
}

extension Transaction {
    fileprivate func save(_ change: SaveAccount) throws {
        let account = change.account
        try takeUniqueValues(change.unique, of: account, change.terms)
        let owner = [account.gateway.storable, account.user.storable, account.network.storable]
        try run(
            """
            INSERT INTO accounts (gateway, "user", network) VALUES ($1, $2, $3)
            ON CONFLICT (gateway, "user", network) DO NOTHING
            """, owner)
        try run(#"DELETE FROM account_settings WHERE gateway = $1 AND "user" = $2 AND network = $3"#, owner)
        for (key, value) in account.settings {
            let key = key.storable
            let isSecret = account.secretKeys.contains(key)
            let sealed = isSecret ? try seal.close(value, for: owner + [key]) : nil
            try run(
                """
                INSERT INTO account_settings (gateway, "user", network, key, value, sealed)
                VALUES ($1, $2, $3, $4, $5, $6)
                """, owner + [key, isSecret ? nil : value.storable, sealed])
        }
        try releaseUnusedValues(gateway: account.gateway, account.user, at: change.terms.at)
    }

    fileprivate func remove(_ change: RemoveAccount) throws {
        try run(
            #"DELETE FROM accounts WHERE gateway = $1 AND "user" = $2 AND network = $3"#,
            [change.gateway.storable, change.user.storable, change.network.storable])
        try releaseUnusedValues(gateway: change.gateway, change.user, at: change.at)
    }

    /// Reads the accounts of one user, or of all users, with their settings, in order of user and network. Leaves out
    /// accounts with a secret that does not open, and logs them.
    func accounts(gateway: String, of user: UserID? = nil) throws -> [AccountRecord] {
        var reader = AccountReader(gateway: gateway, seal: seal)
        let condition = user.map { _ in #" AND "user" = $2"# } ?? ""
        try forEach(
            """
            SELECT "user", network, key, value, sealed FROM accounts
            LEFT JOIN account_settings USING (gateway, "user", network)
            WHERE gateway = $1\(condition) ORDER BY "user", network
            """, [gateway.storable] + (user.map { [$0.storable] } ?? [])
        ) { reader.read($0) }
        unreadable.report(reader.unreadable, of: gateway)
        return reader.finished()
    }

    /// The accounts that have a secret that does not open, of users with outbound messages in state `waiting` or
    /// `handing`. Logs these accounts.
    func unreadableAccountsWithMessages(gateway: String) throws -> [UnreadableAccount] {
        var reader = AccountReader(gateway: gateway, seal: seal)
        try forEach(
            """
            SELECT "user", network, key, value, sealed FROM account_settings
            WHERE gateway = $1 AND sealed IS NOT NULL AND "user" IN (
                SELECT "user" FROM outbound WHERE gateway = $2 AND state IN ('waiting', 'handing')
            ) ORDER BY "user", network
            """, [gateway.storable, gateway.storable]
        ) { reader.read($0) }
        unreadable.report(reader.unreadable, of: gateway)
        return reader.unreadable
    }
}

/// Builds accounts from rows of settings.
private struct AccountReader {
    let gateway: String
    let seal: Seal
    private(set) var unreadable: [UnreadableAccount] = []
    private var accounts: [AccountRecord] = []
    private var current: AccountRecord?
    private var isReadable = true

    init(gateway: String, seal: Seal) {
        self.gateway = gateway
        self.seal = seal
    }

    /// Reads the next row. Its columns are user, network, key, value, sealed. Rows must come in order of user and
    /// network.
    mutating func read(_ row: Row) {
        let user = UserID(row[0])
        let network = NetworkID?(stored: row[1])
        if current?.user != user || current?.network != network {
            finish()
            current = AccountRecord(gateway: gateway, user: user, network: network, settings: [:])
        }
        guard let key: String = row[2] else { return }
        if let value: String = row[3] {
            current?.settings[key] = value
        } else if let sealed: Data = row[4] {
            open(sealed, key, owner: [gateway.storable, user.storable, network.storable])
        }
    }

    private mutating func open(_ sealed: Data, _ key: String, owner: [String]) {
        do throws(RegistryError) {
            current?.settings[key] = try seal.open(sealed, for: owner + [key])
            current?.secretKeys.insert(key)
        } catch {
            guard isReadable, let current else { return }
            isReadable = false
            unreadable.append(UnreadableAccount(user: current.user, network: current.network, setting: key))
        }
    }

    private mutating func finish() {
        if let current, isReadable { accounts.append(current) }
        (current, isReadable) = (nil, true)
    }

    mutating func finished() -> [AccountRecord] {
        finish()
        return accounts
    }
}
