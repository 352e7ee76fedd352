import CSQLite

/// Writes rows to Martlet's registry while Martlet does not run. Use it for a history that would take too long to
/// produce.
package struct RegistrySeed: Sendable {
    let path: String

    /// Gives a user `count` contacts of a gateway. The first one is the gateway itself.
    package func addContacts(_ count: Int, of user: String, on gateway: String, name: (Int) -> String) throws {
        let rows = (0..<count).map { number in
            "('\(gateway)', '\(user)', '\(number == 0 ? "" : name(number))')"
        }
        try run("INSERT INTO contacts (gateway, user, localpart) VALUES \(rows.joined(separator: ", "))")
    }

    private func run(_ change: String) throws {
        var database: OpaquePointer?
        defer { sqlite3_close(database) }
        guard sqlite3_open_v2(path, &database, SQLITE_OPEN_READWRITE, nil) == SQLITE_OK,
            sqlite3_exec(database, change, nil, nil, nil) == SQLITE_OK
        else {
            let reason = sqlite3_errmsg(database).map { String(cString: $0) } ?? "no memory"
            throw RigFailure("cannot change \(path): \(reason)")
        }
    }
}

extension Deployment {
    /// Martlet's registry, to be changed while Martlet is stopped.
    package var seed: RegistrySeed { RegistrySeed(path: records.path) }
}
