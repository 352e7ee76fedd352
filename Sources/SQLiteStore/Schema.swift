import GRDB
import Logging
import Registry

/// Creates and migrates the tables. The list of migrations only grows at its end.
enum Schema {
    /// The number of readers that work at the same time.
    private static let readers = 2

    /// Opens the file with the settings on which the registry relies, and migrates it. Throws if a newer version of
    /// Martlet has written the file.
    static func open(path: String, busyTimeout: Duration, logger: Logger) throws -> DatabasePool {
        var configuration = Configuration()
        configuration.label = "registry"
        configuration.busyMode = .timeout(busyTimeout / .seconds(1))
        configuration.maximumReaderCount = readers
        configuration.prepareDatabase { db in
            // SQLite overwrites deleted data, so that an emptied text is gone from the file too.
            try db.execute(sql: "PRAGMA secure_delete = ON")
            try db.execute(sql: "PRAGMA journal_size_limit = 67108864")
        }
        let pool = try DatabasePool(path: path, configuration: configuration)
        // An acknowledged message must survive a power cut. `DatabasePool` sets NORMAL, which does not sync each
        // commit.
        try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        let migrator = migrator(logger)
        if try pool.read(migrator.hasBeenSuperseded) {
            throw RegistryError.unavailable(
                "\(path) was written by a newer Martlet: run that version, or restore a backup")
        }
        try migrator.migrate(pool)
        return pool
    }

    /// All migrations in their order.
    static func migrator(_ logger: Logger) -> DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("v1") { try $0.execute(sql: version1) }
        migrator.registerMigration("v2") { try $0.execute(sql: version2) }
        migrator.registerMigration("v3") { try $0.execute(sql: version3) }
        migrator.registerMigration("v4") { db in
            try db.execute(sql: version4)
            try reportConflicts(db, logger)
        }
        migrator.registerMigration("v5") { try $0.execute(sql: version5) }
        migrator.registerMigration("v6") { try $0.execute(sql: version6) }
        migrator.registerMigration("v7") { try $0.execute(sql: version7) }
        migrator.registerMigration("v8") { try $0.execute(sql: version8) }
        migrator.registerMigration("v9") { try $0.execute(sql: version9) }
        migrator.registerMigration("v10") { try $0.execute(sql: version10) }
        migrator.registerMigration("v11") { try $0.execute(sql: version11) }
        migrator.registerMigration("v12") { try $0.execute(sql: version12) }
        return migrator
    }

    /// Logs the users whose settings contain a value that version 4 has given to another user.
    private static func reportConflicts(_ db: Database, _ logger: Logger) throws {
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT gateway, key, account_settings.user, unique_values.user
                FROM account_settings JOIN unique_values USING (gateway, key, value)
                WHERE freed_at IS NULL AND account_settings.user <> unique_values.user
                ORDER BY gateway, key, account_settings.user
                """)
        while let row = try rows.next() {
            logger.warning(
                "two users have registered the same value, and only the user named as other keeps it",
                metadata: [
                    "gateway": "\(row[0] as String)", "setting": "\(row[1] as String)", "user": "\(row[2] as String)",
                    "other": "\(row[3] as String)", "next": "ask the user to register another value",
                ])
        }
    }
}
