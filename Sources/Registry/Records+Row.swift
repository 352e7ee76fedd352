import Foundation
import GRDB
import GatewayKit

extension AccountRecord {
    /// All accounts of a gateway with their settings, in order of user and network. An account whose secret
    /// does not open is left out.
    static func all(
        _ db: Database, gateway: String, seal: Seal
    ) throws -> (readable: [AccountRecord], leftOut: [UnreadableAccount]) {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT user, network, key, value, sealed FROM accounts
                LEFT JOIN account_settings USING (gateway, user, network) WHERE gateway = ? ORDER BY user, network
                """, arguments: [gateway])
        var accounts: [AccountRecord] = []
        var leftOut: [UnreadableAccount] = []
        for row in rows {
            let user: String = row["user"]
            let network: String = row["network"]
            var account = AccountRecord(
                gateway: gateway, user: UserID(user), network: network.isEmpty ? nil : NetworkID(network), settings: [:]
            )
            if let last = accounts.last, last.user == account.user, last.network == account.network {
                account = accounts.removeLast()
            }
            do throws(RegistryError) {
                try account.addSetting(row, owner: [gateway, user, network], seal: seal)
            } catch {
                leftOut.append(UnreadableAccount(user: account.user, network: account.network, setting: row["key"]))
            }
            accounts.append(account)
        }
        accounts.removeAll { account in leftOut.contains { $0.is(account) } }
        return (accounts, leftOut)
    }

    private mutating func addSetting(_ row: Row, owner: [String], seal: Seal) throws(RegistryError) {
        guard let key: String = row["key"] else { return }
        if let value: String = row["value"] {
            settings[key] = value
        } else if let sealed: Data = row["sealed"] {
            settings[key] = try seal.open(sealed, for: owner + [key])
            secretKeys.insert(key)
        }
    }
}

/// An account that cannot be read, because one of its secrets does not open.
struct UnreadableAccount {
    let user: UserID
    /// Nil for the user's registration with the gateway itself.
    let network: NetworkID?
    let setting: String

    func `is`(_ account: AccountRecord) -> Bool { user == account.user && network == account.network }

    /// Its messages wait until it can be read again.
    func concerns(_ account: AccountID) -> Bool {
        user == account.user && (network == nil || network == account.network)
    }
}

extension ContactRecord {
    init(row: Row) {
        self.init(gateway: row["gateway"], user: UserID(row["user"]), localpart: row["localpart"])
    }
}

extension PeerRecord {
    init(row: Row) {
        self.init(
            gateway: row["gateway"], user: UserID(row["user"]), localpart: row["localpart"],
            displayName: row["display_name"], lastSeen: Timestamp(secondsSince1970: row["last_seen"]))
    }
}

extension OutboundEntry {
    /// What `init(row:)` reads, in its order: finding columns by name costs more than reading them.
    static let columns = """
        id, gateway, user, network, localpart, text, sender, recipient, origin_id, wants_receipt, state, attempts, \
        not_before, foreign_id, created_at, updated_at
        """

    /// - row: begins with `columns`.
    init(row: Row) {
        self.init(
            id: RequestID(row[0]), gateway: row[1],
            account: AccountID(user: UserID(row[2]), network: NetworkID(row[3])),
            localpart: row[4], text: row[5], sender: row[6], recipient: row[7], originID: row[8],
            wantsReceipt: row[9],
            // The table's own check admits no other word.
            state: State(rawValue: row[10]) ?? .unknown, attempts: row[11],
            notBefore: (row[12] as Double?).map(Timestamp.init(secondsSince1970:)),
            foreignID: (row[13] as String?).map(MessageID.init),
            createdAt: Timestamp(secondsSince1970: row[14]), updatedAt: Timestamp(secondsSince1970: row[15]))
    }
}

extension Failure {
    /// Of an untold outcome; nil if it was a success.
    init?(row: Row) {
        guard let kind: String = row["kind"] else { return nil }
        self.init(Kind(rawValue: kind) ?? .internal, row["words"] ?? "")
    }
}

extension InboundEntry {
    init(row: Row) {
        self.init(
            id: row["id"], gateway: row["gateway"],
            account: AccountID(user: UserID(row["user"]), network: NetworkID(row["network"])),
            localpart: row["localpart"], displayName: row["display_name"], text: row["text"],
            deduplicationKey: row["deduplication_key"],
            receivedAt: Timestamp(secondsSince1970: row["received_at"]))
    }
}
