import GRDB
import GatewayKit
import Registry

/// Stores outbound messages and their states.
enum OutboundLedger: Concern {
    static func register(in routes: inout ConcernRoutes) {
        routes.query(OutboundQuery.self) { query, transaction in
            try transaction.first(
                "SELECT \(OutboundEntry.columns) FROM outbound WHERE id = $1", [query.id.storable]
            ) { OutboundEntry(row: $0) }
        }
        routes.query(SentMessages.self) { query, transaction in
            try transaction.sentMessages(query)
        }
        routes.change(NoteFacts.self) { change, transaction in try transaction.note(change) }
        routes.removeUser { removal, transaction in try transaction.removeOutbound(of: removal) }
        routes.prune { now, transaction in
            try transaction.run(
                "DELETE FROM outbound WHERE updated_at < $1 AND state NOT IN ('waiting', 'handing')",
                [now.before(Retention.finishedOutbound)])
            try transaction.run(
                """
                DELETE FROM outbound WHERE sequence <= (SELECT MAX(sequence) FROM outbound) - $1
                AND state NOT IN ('waiting', 'handing')
                """, [Retention.ledgerRows])
        }
    }
}

extension Transaction {
    /// Deletes the messages of a user. If the price of a message counts against a limit, its row stays without anything
    /// about the user: the provider may tell the price later, and nobody may send for nothing by unregistering.
    fileprivate func removeOutbound(of removal: RemoveUser) throws {
        let place = [removal.gateway.storable, removal.user.storable]
        try run(
            #"DELETE FROM outbound WHERE gateway = $1 AND "user" = $2 AND spending_counter IS NULL"#, place)
        try run(
            #"DELETE FROM untold WHERE id IN (SELECT id FROM outbound WHERE gateway = $1 AND "user" = $2)"#, place)
        try run(
            """
            UPDATE outbound SET "user" = '', localpart = '', text = '', file = NULL, sender = '', recipient = '',
                origin_id = NULL, foreign_id = NULL, not_before = NULL, failure_words = NULL, line_key = NULL, line_value = NULL,
                state = CASE WHEN state IN ('delivered', 'failed') THEN state ELSE 'unknown' END
            WHERE gateway = $1 AND "user" = $2
            """, place)
    }

    /// The ids of a user's newest messages, for `UserRecord.sent`.
    func sentIDs(gateway: String, of user: UserID) throws -> [UserRecord.SentID] {
        try rows(
            """
            SELECT origin_id, recipient, created_at FROM outbound
            WHERE gateway = $1 AND "user" = $2 AND origin_id IS NOT NULL AND state NOT IN ('failed', 'unknown')
            ORDER BY sequence DESC LIMIT $3
            """, [gateway.storable, user.storable, UserRecord.mostSent]
        ) { UserRecord.SentID(originID: $0[0], recipient: $0[1], at: Timestamp(secondsSince1970: $0[2])) }
    }
}

/// The arguments of `Change.advance`, except the id.
struct OutboundMove {
    let state: OutboundEntry.State
    let foreignID: MessageID?
    let notBefore: Timestamp?
    let failure: Failure?
    let at: Timestamp
    /// The account to which the entry must belong; nil allows every account.
    let by: AccountID?
}

extension Transaction {
    /// The newest messages that a user has sent, newest first.
    func sentMessages(_ query: SentMessages) throws -> [SentMessage] {
        try rows(
            """
            SELECT \(OutboundEntry.columns), failure_kind, failure_words FROM outbound
            WHERE gateway = $1 AND "user" = $2 ORDER BY sequence DESC LIMIT $3
            """, [query.gateway.storable, query.user.storable, query.limit]
        ) { SentMessage(OutboundEntry(row: $0), failure: Failure(afterEntryIn: $0)) }
    }

    /// Inserts an entry. Throws `.conflict` if its id is taken.
    func append(_ entry: OutboundEntry) throws {
        let isNew = try changes(
            """
            INSERT INTO outbound (id, gateway, "user", network, localpart, text, sender, recipient, origin_id,
                wants_receipt, state, attempts, not_before, foreign_id, created_at, updated_at, file)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
            ON CONFLICT (id) DO NOTHING
            """,
            [
                entry.id.storable, entry.gateway.storable, entry.account.user.storable,
                entry.account.network.storable, entry.localpart.storable, entry.text.storable,
                entry.sender.storable, entry.recipient.storable, entry.originID?.storable,
                entry.wantsReceipt, entry.state.rawValue, entry.attempts,
                entry.notBefore?.secondsSince1970, entry.foreignID?.storable,
                entry.createdAt.secondsSince1970, entry.updatedAt.secondsSince1970,
                StoredFile.text(entry.file)?.storable,
            ])
        guard isNew else { throw RegistryError.conflict(key: "id") }
    }

    /// Returns the entry after the move, or nil if the table in `Change.advance` does not allow the move.
    func advance(_ id: RequestID, to move: OutboundMove) throws -> OutboundEntry? {
        var arguments: [Argument] = [
            move.at.secondsSince1970, move.foreignID?.storable,
            move.state == .waiting ? (move.notBefore ?? move.at).secondsSince1970 : nil,
            move.failure?.kind.rawValue, move.failure?.text.storable, id.storable, move.by?.user.storable,
            move.by?.network.storable,
        ]
        if [.failed, .delivered].contains(move.state) { arguments.append(move.at.before(Retention.lateReport)) }
        if move.state == .delivered { arguments.append(move.at.before(Retention.lateSuccess)) }
        let entry = try first(move.state.updateStatement, arguments) { OutboundEntry(row: $0) }
        if let entry, entry.state.isEnd, move.failure != nil || entry.wantsReceipt || entry.wasDoubted {
            try run("INSERT INTO untold (id) VALUES ($1) ON CONFLICT (id) DO NOTHING", [entry.id.storable])
        }
        if let entry, move.failure?.kind == .optedOut { try noteOptOut(of: entry, at: move.at) }
        return entry
    }

    /// Records facts about a message. A stage that comes too late to be true changes nothing (`NoteFacts`).
    func note(_ change: NoteFacts) throws {
        let facts = change.facts
        try countPrice(change)
        try run(
            """
            UPDATE outbound SET stage = CASE
                    WHEN $1 = 'sent' AND state IN ('waiting', 'handing', 'accepted') THEN 'sent'
                    WHEN $2 IN ('rejected', 'expired') AND state NOT IN ('delivered', 'failed') THEN $3
                    ELSE stage
                END,
                parts = COALESCE($4, parts), price = COALESCE($5, price)
            WHERE id = $6 AND (("user" = $7 AND network = $8) OR "user" = '')
            """,
            [
                facts.stage?.rawValue, facts.stage?.rawValue, facts.stage?.rawValue, facts.parts,
                facts.price?.storable, change.id.storable, change.account?.user.storable,
                change.account?.network.storable,
            ])
    }

    /// Removes the unreported mark of these entries.
    func markReported(_ ids: [RequestID]) throws {
        for id in ids { try run("DELETE FROM untold WHERE id = $1", [id.storable]) }
    }

    /// Entries in state `waiting` or `handing`, oldest first.
    func openOutbound(gateway: String) throws -> [OutboundEntry] {
        try rows(
            """
            SELECT \(OutboundEntry.columns) FROM outbound
            WHERE gateway = $1 AND state IN ('waiting', 'handing') ORDER BY sequence
            """, [gateway.storable]
        ) { OutboundEntry(row: $0) }
    }

    /// Entries that have ended and whose senders may not know it, oldest first.
    func unreported(gateway: String) throws -> [UnreportedOutcome] {
        // SQLite keeps the order of the tables in a CROSS JOIN. With a plain join it would read all entries of the
        // gateway.
        try rows(
            """
            SELECT \(OutboundEntry.columns), failure_kind, failure_words
            FROM (SELECT id AS untold_id FROM untold) AS few CROSS JOIN outbound
            WHERE id = untold_id AND gateway = $1 ORDER BY sequence
            """, [gateway.storable]
        ) { UnreportedOutcome(OutboundEntry(row: $0), failure: Failure(afterEntryIn: $0)) }
    }
}

extension OutboundEntry.State {
    fileprivate var isEnd: Bool { [.delivered, .failed, .unknown].contains(self) }

    /// The statement that moves an entry into this state. The statements are built once, in `moves`.
    fileprivate var updateStatement: String { Self.moves[self] ?? "" }

    private static let moves = Dictionary(uniqueKeysWithValues: allCases.map { ($0, $0.makeMove()) })

    private func makeMove() -> String {
        // The text is needed only until the provider has the message.
        let text = isEnd || self == .accepted ? ", text = '', file = NULL" : ""
        let doubt = self == .failed || self == .unknown ? ", was_doubted = 1" : ""
        let attempts = self == .handing ? ", attempts = attempts + 1" : ""
        return """
            UPDATE outbound SET state = '\(rawValue)'\(text)\(doubt)\(attempts), updated_at = $1,
                foreign_id = COALESCE($2, foreign_id), not_before = $3, failure_kind = $4, failure_words = $5
            WHERE id = $6 AND "user" = COALESCE($7, "user") AND network = COALESCE($8, network) AND (\(allowedOrigins))
            RETURNING \(OutboundEntry.columns)
            """
    }

    /// The condition on an entry that may move into this state: a row of the table in `Change.advance`.
    private var allowedOrigins: String {
        switch self {
        case .waiting, .accepted, .unknown: "state = 'handing'"
        case .handing: "state = 'waiting'"
        case .failed: "state IN ('waiting', 'handing', 'accepted') OR (state = 'unknown' AND updated_at >= $9)"
        case .delivered:
            """
            state IN ('waiting', 'handing', 'accepted') OR (state = 'unknown' AND updated_at >= $9)
                OR (state = 'failed' AND updated_at >= $10 AND COALESCE(parts, 1) = 1)
            """
        }
    }
}

extension OutboundEntry {
    /// The columns that `init(row:)` reads, in their order. Reading a column by its name would take longer.
    static let columns = """
        id, gateway, "user", network, localpart, text, sender, recipient, origin_id, wants_receipt, state, attempts, \
        not_before, foreign_id, created_at, updated_at, stage, parts, price, was_doubted, file
        """

    /// Reads an entry from a row that begins with `columns`.
    init(row: Row) {
        self.init(
            id: RequestID(row[0]), gateway: row[1],
            account: AccountID(user: UserID(row[2]), network: NetworkID(row[3])),
            localpart: row[4], text: row[5], file: StoredFile.file(row[20]), sender: row[6], recipient: row[7],
            originID: row[8],
            wantsReceipt: row[9],
            // `unknown` never happens here: the table has a CHECK for the names of the states.
            state: State(rawValue: row[10]) ?? .unknown, attempts: row[11],
            notBefore: (row[12] as Double?).map(Timestamp.init(secondsSince1970:)),
            foreignID: (row[13] as String?).map(MessageID.init),
            createdAt: Timestamp(secondsSince1970: row[14]), updatedAt: Timestamp(secondsSince1970: row[15]))
        facts = MessageFacts(
            stage: (row[16] as String?).flatMap(MessageFacts.Stage.init), parts: row[17], price: row[18])
        wasDoubted = row[19]
    }
}

extension Failure {
    /// Reads a failure from a row in which `failure_kind` and `failure_words` follow `OutboundEntry.columns`. Nil if
    /// the kind is null.
    fileprivate init?(afterEntryIn row: Row) {
        guard let kind: String = row[21] else { return nil }
        self.init(Kind(rawValue: kind) ?? .internal, row[22] ?? "")
    }
}
