/// The SQL of the migrations, in SQLite's own dialect. A released migration is never changed.
extension Schema {
    /// The first tables. Times are seconds since 1970. `network` is empty for a user's registration with the gateway
    /// itself. A test compares this SQL with its own copy.
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

    /// Adds the table of outcomes that their senders may not know. `kind` and `words` belong to a failure; they are
    /// null for a delivery.
    static let version2 = """
        CREATE TABLE untold (
            id TEXT NOT NULL PRIMARY KEY REFERENCES outbound (id) ON DELETE CASCADE, kind TEXT, words TEXT
        ) STRICT, WITHOUT ROWID;
        """

    /// Adds the table of unique values that users have given up, each with its last user.
    static let version3 = """
        CREATE TABLE freed_values (
            gateway TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, user TEXT NOT NULL, freed_at REAL NOT NULL,
            PRIMARY KEY (gateway, key, value)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX freed_values_by_time ON freed_values (freed_at);
        """

    /// Makes three changes:
    ///
    /// 1. `unique_values` replaces `freed_values`. It has all unique values with their users, not only those given up.
    /// 2. A failure moves from `untold` to its row in `outbound`, and stays as long as the row.
    /// 3. `inbound` replaces `deduplication`: a message stays with its key when the XMPP server has it. A row in which
    ///    `id` is null and `user` is empty contains only a key.
    static let version4 = """
        CREATE TABLE unique_values (
            gateway TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, user TEXT NOT NULL, freed_at REAL,
            PRIMARY KEY (gateway, key, value)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX unique_values_by_user ON unique_values (user);
        CREATE INDEX unique_values_by_time ON unique_values (freed_at) WHERE freed_at IS NOT NULL;
        INSERT INTO unique_values (gateway, key, value, user)
            SELECT gateway, key, value, MIN(user) FROM account_settings
            WHERE value IS NOT NULL AND (key = 'phone' OR EXISTS (
                SELECT 1 FROM freed_values AS freed
                WHERE freed.gateway = account_settings.gateway AND freed.key = account_settings.key
            )) GROUP BY gateway, key, value;
        INSERT INTO unique_values (gateway, key, value, user, freed_at)
            SELECT gateway, key, value, user, freed_at FROM freed_values WHERE TRUE
            ON CONFLICT (gateway, key, value) DO NOTHING;
        DROP TABLE freed_values;

        ALTER TABLE outbound ADD COLUMN failure_kind TEXT;
        ALTER TABLE outbound ADD COLUMN failure_words TEXT;
        UPDATE outbound SET failure_kind = untold.kind, failure_words = untold.words FROM untold
            WHERE untold.id = outbound.id AND untold.kind IS NOT NULL;
        ALTER TABLE untold DROP COLUMN kind;
        ALTER TABLE untold DROP COLUMN words;

        ALTER TABLE inbound RENAME TO inbound_of_version3;
        CREATE TABLE inbound (
            sequence INTEGER PRIMARY KEY,
            id TEXT UNIQUE,
            gateway TEXT NOT NULL, user TEXT NOT NULL, network TEXT NOT NULL, localpart TEXT NOT NULL,
            display_name TEXT, text TEXT NOT NULL, deduplication_key TEXT NOT NULL, foreign_id TEXT,
            is_open INTEGER NOT NULL, received_at REAL NOT NULL,
            UNIQUE (gateway, network, deduplication_key)
        ) STRICT;
        INSERT INTO inbound (id, gateway, user, network, localpart, display_name, text, deduplication_key,
                is_open, received_at)
            SELECT id, gateway, user, network, localpart, display_name, text,
                -- A key that was taken anew while the first message with it still waited is the newest one's.
                CASE WHEN EXISTS (
                    SELECT 1 FROM inbound_of_version3 AS newer
                    WHERE newer.gateway = old.gateway AND newer.network = old.network
                        AND newer.deduplication_key = old.deduplication_key AND newer.sequence > old.sequence
                ) THEN deduplication_key || '/' || sequence ELSE deduplication_key END,
                1, received_at
            FROM inbound_of_version3 AS old ORDER BY sequence;
        INSERT INTO inbound (gateway, user, network, localpart, text, deduplication_key, is_open, received_at)
            SELECT gateway, '', network, '', '', key, 0, taken_at FROM deduplication WHERE TRUE
            ON CONFLICT (gateway, network, deduplication_key) DO NOTHING;
        DROP TABLE inbound_of_version3;
        DROP TABLE deduplication;
        CREATE INDEX inbound_open ON inbound (gateway, sequence) WHERE is_open = 1;
        CREATE INDEX inbound_by_conversation ON inbound (gateway, user, localpart);
        CREATE INDEX inbound_by_time ON inbound (received_at);
        """
    /// Adds the table of short values that the gateways keep for their users and for themselves. `user` is empty for a
    /// gateway's own value.
    static let version5 = """
        CREATE TABLE kept_values (
            gateway TEXT NOT NULL, user TEXT NOT NULL, purpose TEXT NOT NULL, place TEXT NOT NULL, key TEXT NOT NULL,
            value TEXT NOT NULL, kept_at REAL NOT NULL,
            PRIMARY KEY (gateway, user, purpose, place, key)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX kept_values_by_time ON kept_values (kept_at) WHERE purpose = 'greeting';
        """
    /// Adds the tables of users and domains that operators have excluded, and of operators' commands.
    static let version6 = """
        CREATE TABLE restrictions (
            gateway TEXT NOT NULL, subject TEXT NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('suspended', 'banned')),
            reason TEXT, set_by TEXT NOT NULL, set_at REAL NOT NULL,
            PRIMARY KEY (gateway, subject)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE operator_acts (
            sequence INTEGER PRIMARY KEY,
            gateway TEXT NOT NULL, operator TEXT NOT NULL, command TEXT NOT NULL, details TEXT NOT NULL,
            at REAL NOT NULL
        ) STRICT;
        CREATE INDEX operator_acts_by_gateway ON operator_acts (gateway, sequence);
        CREATE INDEX operator_acts_by_time ON operator_acts (at);
        """
    /// Adds the subscription of the address to the user (`reverse`). A row may have only this one, so `is_subscribed`
    /// says whether the user is subscribed, too.
    static let version7 = """
        ALTER TABLE contacts ADD COLUMN is_subscribed INTEGER NOT NULL DEFAULT 1;
        ALTER TABLE contacts ADD COLUMN reverse TEXT NOT NULL DEFAULT 'none'
            CHECK (reverse IN ('none', 'pending', 'subscribed'));
        """
    /// Adds the table of addresses that users have blocked. `nick` is empty unless the address is a private conversation
    /// in a room.
    static let version8 = """
        CREATE TABLE blocked (
            gateway TEXT NOT NULL, user TEXT NOT NULL, localpart TEXT NOT NULL, nick TEXT NOT NULL,
            PRIMARY KEY (gateway, user, localpart, nick)
        ) STRICT, WITHOUT ROWID;
        """
    /// Adds the facts that networks tell about messages, and whether a message has ever counted as failed or unknown.
    ///
    /// The index `outbound_by_user` now begins with the user. If it still began with `gateway`, SQLite would use it,
    /// and not `outbound_open`, to find the open entries of a gateway once the table has the new columns.
    static let version9 = """
        ALTER TABLE outbound ADD COLUMN stage TEXT CHECK (stage IN ('sent', 'rejected', 'expired'));
        ALTER TABLE outbound ADD COLUMN parts INTEGER;
        ALTER TABLE outbound ADD COLUMN price TEXT;
        ALTER TABLE outbound ADD COLUMN was_doubted INTEGER NOT NULL DEFAULT 0;
        DROP INDEX outbound_by_user;
        CREATE INDEX outbound_by_user ON outbound (user, gateway);
        UPDATE outbound SET was_doubted = 1 WHERE state IN ('failed', 'unknown');
        """
    /// Adds the table of people who want no messages from the holder of a unique value, and the counters of parts and
    /// prices of messages. `spending_counter` names the counter to which the price of a message is added.
    static let version10 = """
        CREATE TABLE opt_outs (
            gateway TEXT NOT NULL, localpart TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
            since REAL NOT NULL, source TEXT NOT NULL CHECK (source IN ('person', 'network')),
            PRIMARY KEY (gateway, localpart, key, value)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX opt_outs_by_value ON opt_outs (gateway, key, value, localpart);

        CREATE TABLE spending (
            gateway TEXT NOT NULL, counter TEXT NOT NULL, amount REAL NOT NULL, ends_at REAL NOT NULL,
            PRIMARY KEY (gateway, counter)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX spending_by_end ON spending (ends_at);
        ALTER TABLE outbound ADD COLUMN spending_counter TEXT;
        """
    /// Makes three changes:
    ///
    /// 1. A row of `opt_outs` may say that the person has given consent again (`is_given`). A report about an older
    ///    message then changes nothing.
    /// 2. `outbound` names the value from which a message was sent: an opt-out concerns that value.
    /// 3. The counters of one user have the user in a column, so that they follow the user. `user` is empty for a
    ///    shared counter. The old names are `ACCOUNT/YYYY-MM-DD/USER` and `ACCOUNT/YYYY-MM/KIND`.
    static let version11 = """
        ALTER TABLE opt_outs ADD COLUMN is_given INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX opt_outs_given ON opt_outs (since) WHERE is_given = 1;

        ALTER TABLE outbound ADD COLUMN line_key TEXT;
        ALTER TABLE outbound ADD COLUMN line_value TEXT;

        ALTER TABLE spending RENAME TO spending_of_version10;
        DROP INDEX spending_by_end;
        CREATE TABLE spending (
            gateway TEXT NOT NULL, counter TEXT NOT NULL, user TEXT NOT NULL, amount REAL NOT NULL,
            ends_at REAL NOT NULL,
            PRIMARY KEY (gateway, counter, user)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX spending_by_end ON spending (ends_at);
        INSERT INTO spending (gateway, counter, user, amount, ends_at)
            SELECT gateway,
                CASE WHEN is_daily THEN substr(counter, 1, slash + 10) ELSE counter END,
                CASE WHEN is_daily THEN substr(counter, slash + 12) ELSE '' END, amount, ends_at
            FROM (
                SELECT *, instr(counter, '/') AS slash,
                    substr(counter, instr(counter, '/') + 1) LIKE '____-__-__/%' AS is_daily
                FROM spending_of_version10
            );
        DROP TABLE spending_of_version10;
        """

    /// Adds the files that messages share, as JSON (`StoredFile`).
    static let version12 = """
        ALTER TABLE outbound ADD COLUMN file TEXT;
        ALTER TABLE inbound ADD COLUMN file TEXT;
        """
}
