import GRDB
import Registry

extension Seal {
    /// Whether the database contains sealed values.
    static func isInUse(_ db: Database) throws -> Bool {
        try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM account_settings WHERE sealed IS NOT NULL)") ?? false
    }

    /// Throws if the database has sealed values and none of them opens: then the key is wrong. If only some values do
    /// not open, this succeeds, and reads leave out their accounts.
    func check(_ db: Database) throws {
        let rows = try Row.fetchCursor(
            db, sql: #"SELECT gateway, "user", network, key, sealed FROM account_settings WHERE sealed IS NOT NULL"#)
        var isAny = false
        while let row = try rows.next() {
            isAny = true
            let place: [String] = (0..<4).map { row[$0] }
            if (try? open(row[4], for: place)) != nil { return }
        }
        if isAny { throw wrongKey }
    }
}
