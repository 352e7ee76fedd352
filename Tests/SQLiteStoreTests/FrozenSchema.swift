/// A registry as version 1 wrote it. Never edit it: add a new fixture for a later version of the schema.
enum FrozenSchema {
    static let version1 = """
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

    /// One row of each table. The key that sealed its secrets has the bytes 0 to 31.
    static let rows1 = """
        CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
        INSERT INTO grdb_migrations VALUES ('v1');
        INSERT INTO accounts VALUES ('irc.example.org', 'ann@example.org', 'harbour');
        INSERT INTO account_settings VALUES
            ('irc.example.org', 'ann@example.org', 'harbour', 'nick', 'ann', NULL),
            ('irc.example.org', 'ann@example.org', 'harbour', 'password', NULL,
            X'6465666768696a6b6c6d6e6f4078dfafb5d1173097bba123029a8f3dd7120884f16165198a22');
        INSERT INTO contacts VALUES ('irc.example.org', 'ann@example.org', '');
        INSERT INTO peers VALUES ('irc.example.org', 'ann@example.org', 'ben%harbour', 'Ben', 1790000000.5);
        INSERT INTO outbound VALUES
            (1, 'r1', 'irc.example.org', 'ann@example.org', 'harbour', 'ben%harbour', 'Tide at six',
            'ann@example.org/desk', 'ben%harbour@irc.example.org', 'm1', 1, 'handing', 2, NULL, 'f1',
            1790000000.0, 1790000001.0);
        INSERT INTO inbound VALUES
            (1, 'i1', 'irc.example.org', 'ann@example.org', 'harbour', 'ben%harbour', 'Ben', 'Ahoy', 'k1',
            1790000002.0);
        INSERT INTO deduplication VALUES ('irc.example.org', 'harbour', 'k1', 1790000002.0);
        """
}
