import GRDB
import GatewayKit

/// Carries out single changes inside a transaction. Throws `RegistryError` to refuse one.
struct ChangeWriter {
    let db: Database
    let seal: Seal

    func apply(_ change: Change) throws -> ChangeReply {
        switch change {
        case .saveAccount(let account, let unique, let terms): try save(account, unique: unique, terms)
        case .removeAccount(let gateway, let user, let network, let unique, let time):
            try removeAccount(gateway: gateway, user, network: network, unique: unique, at: time)
        case .removeUser(let gateway, let user, let unique, let time):
            try free(unique, gateway: gateway, user, at: time)
            try removeUser(gateway: gateway, user)
        case .saveContact(let contact): try save(contact)
        case .removeContact(let contact): try remove(contact)
        case .savePeer(let peer): try save(peer)
        case .appendOutbound(let entry): try append(entry)
        case .advance(let id, let state, let foreignID, let notBefore, let failure, let time, let account):
            let move = Move(
                state: state, foreignID: foreignID, notBefore: notBefore, failure: failure, at: time, by: account)
            return .outbound(try advance(id, to: move))
        case .told(let ids): try told(ids)
        case .appendInbound(let entry): return .inserted(try append(entry))
        case .finishInbound(let ids): try finishInbound(ids)
        case .prune(let now): try prune(now: now)
        }
        return .done
    }

    func run(_ sql: String, _ arguments: [(any DatabaseValueConvertible)?]) throws {
        try db.cachedStatement(sql: sql).execute(arguments: StatementArguments(arguments))
    }

    func rows(_ sql: String, _ arguments: [(any DatabaseValueConvertible)?]) throws -> [Row] {
        try Row.fetchAll(db.cachedStatement(sql: sql), arguments: StatementArguments(arguments))
    }

    /// The first row, read in place; the statement runs to its end.
    func first<Value>(
        _ sql: String, _ arguments: [(any DatabaseValueConvertible)?], _ read: (Row) -> Value
    ) throws -> Value? {
        let rows = try Row.fetchCursor(db.cachedStatement(sql: sql), arguments: StatementArguments(arguments))
        let value = try rows.next().map(read)
        while value != nil, try rows.next() != nil {}
        return value
    }

    /// The accounts, contacts, peers and messages of a user. De-duplication keys stay: they name nobody, and
    /// without them a repeat that is under way would come back to life.
    private func removeUser(gateway: String, _ user: UserID) throws {
        for table in ["accounts", "contacts", "peers", "outbound", "inbound"] {
            try run("DELETE FROM \(table) WHERE gateway = ? AND user = ?", [gateway.storable, user.storable])
        }
    }

    private func prune(now: Timestamp) throws {
        func limit(_ age: Duration) -> Double { now.advanced(by: .zero - age).secondsSince1970 }
        try run(
            "DELETE FROM outbound WHERE updated_at < ? AND state NOT IN ('waiting', 'handing')",
            [limit(Retention.finishedOutbound)])
        try run("DELETE FROM deduplication WHERE taken_at <= ?", [limit(Retention.deduplication)])
        try run("DELETE FROM peers WHERE last_seen < ?", [limit(Retention.peers)])
        try run("DELETE FROM freed_values WHERE freed_at < ?", [limit(Retention.freedValues)])
    }
}

extension String {
    /// SQLite's text ends at the first U+0000, and two keys that differ only after it would become one.
    var storable: String {
        utf8.contains(0) ? String(String.UnicodeScalarView(unicodeScalars.map { $0 == "\0" ? "\u{FFFD}" : $0 })) : self
    }
}

extension UserID { var storable: String { rawValue.storable } }
extension NetworkID { var storable: String { rawValue.storable } }
extension MessageID { var storable: String { rawValue.storable } }
extension RequestID { var storable: String { rawValue.storable } }
