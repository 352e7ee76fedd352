import GRDB
import GatewayKit
import Registry

/// What the concerns use to speak SQL, within one transaction of a writer or a reader. A change throws `RegistryError` to
/// be refused.
///
/// The SQL of the concerns is understood by SQLite and PostgreSQL: parameters are `$1`, `$2` …, first named in this
/// order; `"user"` stands in quotes, because in PostgreSQL the bare word is a function; a conflict names its columns.
struct Transaction {
    typealias Argument = (any DatabaseValueConvertible)?

    let db: Database
    let seal: Seal
    /// Hears of accounts that cannot be read.
    let unreadable: UnreadableAccounts

    func run(_ sql: String, _ arguments: [Argument]) throws {
        try db.cachedStatement(sql: sql).execute(arguments: StatementArguments(arguments))
    }

    /// Runs one statement; true if it inserted, updated or deleted a row.
    func changes(_ sql: String, _ arguments: [Argument]) throws -> Bool {
        try run(sql, arguments)
        return db.changesCount > 0
    }

    /// All rows, each read in place.
    func rows<Value>(_ sql: String, _ arguments: [Argument], _ read: (Row) throws -> Value) throws -> [Value] {
        let rows = try cursor(sql, arguments)
        var values: [Value] = []
        while let row = try rows.next() { values.append(try read(row)) }
        return values
    }

    /// Reads row after row in place.
    func forEach(_ sql: String, _ arguments: [Argument], _ read: (Row) throws -> Void) throws {
        let rows = try cursor(sql, arguments)
        while let row = try rows.next() { try read(row) }
    }

    /// The first row, read in place; the statement runs to its end.
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
    /// SQLite's text ends at the first U+0000, and two keys that differ only after it would become one. PostgreSQL
    /// refuses it.
    var storable: String {
        utf8.contains(0) ? String(String.UnicodeScalarView(unicodeScalars.map { $0 == "\0" ? "\u{FFFD}" : $0 })) : self
    }
}

extension UserID { var storable: String { rawValue.storable } }
extension NetworkID { var storable: String { rawValue.storable } }
extension MessageID { var storable: String { rawValue.storable } }
extension RequestID { var storable: String { rawValue.storable } }

extension NetworkID? {
    /// Empty for a registration with the gateway itself.
    var storable: String { self?.storable ?? "" }

    /// - stored: as `storable` made it.
    init(stored: String) { self = stored.isEmpty ? nil : NetworkID(stored) }
}

extension Timestamp {
    /// The time that lies `age` before.
    func before(_ age: Duration) -> Double { advanced(by: .zero - age).secondsSince1970 }
}
