import GRDB

/// The tables, as a list of migrations that is only ever appended to.
enum Schema {
    /// Opens the file with the settings the registry relies on and migrates it.
    static func open(path: String, busyTimeout: Duration) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.label = "registry"
        configuration.busyMode = .timeout(busyTimeout / .seconds(1))
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA journal_mode = WAL")
            // An acknowledged message must survive a power cut.
            try db.execute(sql: "PRAGMA synchronous = FULL")
            // A text that was emptied is gone from the file, too.
            try db.execute(sql: "PRAGMA secure_delete = ON")
            try db.execute(sql: "PRAGMA journal_size_limit = 67108864")
        }
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        if try queue.read(migrator.hasBeenSuperseded) {
            throw RegistryError.unavailable("\(path) was written by a newer Martlet: use that one, or a backup")
        }
        try migrator.migrate(queue)
        return queue
    }

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("v1") { try $0.execute(sql: version1) }
        migrator.registerMigration("v2") { try $0.execute(sql: version2) }
        migrator.registerMigration("v3") { try $0.execute(sql: version3) }
        return migrator
    }

    /// Frozen: a test compares it with its own copy. Times are seconds since 1970. `network` is empty for a user's
    /// registration with the gateway itself.
    private static let version1 = """
        CREATE TABLE accounts (
            gateway TEXT NOT NULL, user TEXT NOT NULL, network TEXT NOT NULL,
            PRIMARY KEY (gateway, user, network)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE account_settings (
            gateway TEXT NOT NULL, user TEXT NOT NULL, network TEXT NOT NULL,
            key TEXT NOT NULL, value TEXT, sealed BLOB,
            PRIMARY KEY (gateway, user, network, key),
            FOREIGN KEY (gateway, user, network) REFERENCES accounts ON DELETE CASCADE,
            CHECK ((value IS NULL) <> (sealed IS NULL))
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX account_settings_by_value ON account_settings (gateway, key, value) WHERE value IS NOT NULL;

        CREATE TABLE contacts (
            gateway TEXT NOT NULL, user TEXT NOT NULL, localpart TEXT NOT NULL,
            PRIMARY KEY (gateway, user, localpart)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE peers (
            gateway TEXT NOT NULL, user TEXT NOT NULL, localpart TEXT NOT NULL,
            display_name TEXT, last_seen REAL NOT NULL,
            PRIMARY KEY (gateway, user, localpart)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX peers_by_last_seen ON peers (last_seen);

        CREATE TABLE outbound (
            sequence INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            gateway TEXT NOT NULL, user TEXT NOT NULL, network TEXT NOT NULL, localpart TEXT NOT NULL,
            text TEXT NOT NULL, sender TEXT NOT NULL, recipient TEXT NOT NULL, origin_id TEXT,
            wants_receipt INTEGER NOT NULL,
            state TEXT NOT NULL
                CHECK (state IN ('waiting', 'handing', 'accepted', 'delivered', 'failed', 'unknown')),
            attempts INTEGER NOT NULL, not_before REAL, foreign_id TEXT,
            created_at REAL NOT NULL, updated_at REAL NOT NULL
        ) STRICT;
        CREATE INDEX outbound_open ON outbound (gateway, sequence) WHERE state IN ('waiting', 'handing');
        CREATE INDEX outbound_by_user ON outbound (gateway, user);
        CREATE INDEX outbound_by_update ON outbound (updated_at);

        CREATE TABLE inbound (
            sequence INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            gateway TEXT NOT NULL, user TEXT NOT NULL, network TEXT NOT NULL, localpart TEXT NOT NULL,
            display_name TEXT, text TEXT NOT NULL, deduplication_key TEXT NOT NULL, received_at REAL NOT NULL
        ) STRICT;
        CREATE INDEX inbound_by_user ON inbound (gateway, user);

        CREATE TABLE deduplication (
            gateway TEXT NOT NULL, network TEXT NOT NULL, key TEXT NOT NULL, taken_at REAL NOT NULL,
            PRIMARY KEY (gateway, network, key)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX deduplication_by_time ON deduplication (taken_at);
        """

    /// Outcomes that their senders may not have heard of; `kind` and `words` are the failure's, if it was one.
    private static let version2 = """
        CREATE TABLE untold (
            id TEXT NOT NULL PRIMARY KEY REFERENCES outbound (id) ON DELETE CASCADE, kind TEXT, words TEXT
        ) STRICT, WITHOUT ROWID;
        """

    /// Unique values that a user has given up, with the one who had them last.
    private static let version3 = """
        CREATE TABLE freed_values (
            gateway TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, user TEXT NOT NULL, freed_at REAL NOT NULL,
            PRIMARY KEY (gateway, key, value)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX freed_values_by_time ON freed_values (freed_at);
        """
}
