import CSQLite

/// Reads Martlet's registry from outside, while Martlet runs or after it was killed, and changes nothing.
package struct RegistryView: Sendable {
    let path: String

    /// A recorded message on its way out.
    package struct Outbound: Sendable, Hashable {
        package let originID: String
        package let sender: String
        package let state: String
        package let attempts: Int
    }

    package func outbound() throws -> [Outbound] {
        try rows("SELECT origin_id, sender, state, attempts FROM outbound").map {
            Outbound(originID: $0[0], sender: $0[1], state: $0[2], attempts: Int($0[3]) ?? 0)
        }
    }

    /// Number of recorded messages on their way out in one of these states, or in any state if none is named.
    package func outbound(in states: String...) throws -> Int {
        let list = states.map { "'\($0)'" }.joined(separator: ", ")
        let condition = states.isEmpty ? "" : " WHERE state IN (\(list))"
        return try rows("SELECT count(*) FROM outbound" + condition).first.flatMap { Int($0[0]) } ?? 0
    }

    /// Number of recorded messages on their way in that the XMPP server is not known to have.
    package func inbound() throws -> Int {
        try rows("SELECT count(*) FROM inbound WHERE is_open = 1").first.flatMap { Int($0[0]) } ?? 0
    }

    /// The result of a query, all columns as texts.
    package func rows(_ query: String) throws -> [[String]] {
        var database: OpaquePointer?
        defer { sqlite3_close(database) }
        guard sqlite3_open_v2(path, &database, SQLITE_OPEN_READONLY, nil) == SQLITE_OK else {
            throw failure(database)
        }
        sqlite3_busy_timeout(database, 2000)
        var statement: OpaquePointer?
        defer { sqlite3_finalize(statement) }
        guard sqlite3_prepare_v2(database, query, -1, &statement, nil) == SQLITE_OK else { throw failure(database) }
        var rows: [[String]] = []
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW:
                rows.append(
                    (0..<sqlite3_column_count(statement)).map { column in
                        sqlite3_column_text(statement, column).map { String(cString: $0) } ?? ""
                    })
            case SQLITE_DONE: return rows
            default: throw failure(database)
            }
        }
    }

    private func failure(_ database: OpaquePointer?) -> RigFailure {
        RigFailure("cannot look into \(path): \(sqlite3_errmsg(database).map { String(cString: $0) } ?? "no memory")")
    }
}
