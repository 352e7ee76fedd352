import GRDB
import GatewayKit
import Registry

/// Runs the SQL of the concerns within one transaction of the writer or a reader. A concern refuses a change by
/// throwing `RegistryError`.
///
/// SQLite and PostgreSQL must both understand the SQL of the concerns. Parameters are `$1`, `$2` …, and first appear in
/// this order. `"user"` stands in quotes, because in PostgreSQL the bare word is a function. `ON CONFLICT` names its
/// columns.
struct Transaction {
    typealias Argument = (any DatabaseValueConvertible)?

    let db: Database
    let seal: Seal
    /// Logs accounts that cannot be read.
    let unreadable: UnreadableAccounts

    /// Runs one statement.
    func run(_ sql: String, _ arguments: [Argument]) throws {
        try db.cachedStatement(sql: sql).execute(arguments: StatementArguments(arguments))
    }

    /// Runs one statement. True if it inserted, updated or deleted a row.
    func changes(_ sql: String, _ arguments: [Argument]) throws -> Bool {
        try run(sql, arguments)
        return db.changesCount > 0
    }

    /// Reads all rows. GRDB reuses the row, so `read` must not keep it.
    func rows<Value>(_ sql: String, _ arguments: [Argument], _ read: (Row) throws -> Value) throws -> [Value] {
        let rows = try cursor(sql, arguments)
        var values: [Value] = []
        while let row = try rows.next() { values.append(try read(row)) }
        return values
    }

    /// Calls `read` for each row. GRDB reuses the row, so `read` must not keep it.
    func forEach(_ sql: String, _ arguments: [Argument], _ read: (Row) throws -> Void) throws {
        let rows = try cursor(sql, arguments)
        while let row = try rows.next() { try read(row) }
    }

    /// Reads the first row; nil if there is none. The statement runs to its end, so that all its changes are made.
    func first<Value>(_ sql: String, _ arguments: [Argument], _ read: (Row) -> Value) throws -> Value? {
        let rows = try cursor(sql, arguments)
        let value = try rows.next().map(read)
        while value != nil, try rows.next() != nil {}
        return value
    }

    private func cursor(_ sql: String, _ arguments: [Argument]) throws -> RowCursor {
        try Row.fetchCursor(db.cachedStatement(sql: sql), arguments: StatementArguments(arguments))
    }
}

extension String {
    /// The text with U+FFFD in place of U+0000. SQLite ends a text at the first U+0000, so two keys that differ only
    /// after it would become equal. PostgreSQL refuses U+0000.
    var storable: String {
        utf8.contains(0) ? String(String.UnicodeScalarView(unicodeScalars.map { $0 == "\0" ? "\u{FFFD}" : $0 })) : self
    }
}

extension UserID { var storable: String { rawValue.storable } }
extension NetworkID { var storable: String { rawValue.storable } }
extension MessageID { var storable: String { rawValue.storable } }
extension RequestID { var storable: String { rawValue.storable } }

extension NetworkID? {
    /// The network's name; empty for a registration with the gateway itself.
    var storable: String { self?.storable ?? "" }

    /// - Parameter stored: the value of `storable`.
    init(stored: String) { self = stored.isEmpty ? nil : NetworkID(stored) }
}

extension Timestamp {
    /// The time that lies `age` before this one, in seconds since 1970.
    func before(_ age: Duration) -> Double { advanced(by: .zero - age).secondsSince1970 }
}
