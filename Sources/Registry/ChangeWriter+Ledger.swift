import GRDB
import GatewayKit

/// Messages on their way.
extension ChangeWriter {
    /// Where an outbound entry is to go.
    struct Move {
        let state: OutboundEntry.State
        let foreignID: MessageID?
        let notBefore: Timestamp?
        let failure: Failure?
        let at: Timestamp
        /// Nil: whoever it belongs to.
        let by: AccountID?
    }

    func append(_ entry: OutboundEntry) throws {
        try run(
            """
            INSERT INTO outbound (id, gateway, user, network, localpart, text, sender, recipient, origin_id,
                wants_receipt, state, attempts, not_before, foreign_id, created_at, updated_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING
            """,
            [
                entry.id.storable, entry.gateway.storable, entry.account.user.storable,
                entry.account.network.storable, entry.localpart.storable, entry.text.storable,
                entry.sender.storable, entry.recipient.storable, entry.originID?.storable,
                entry.wantsReceipt, entry.state.rawValue, entry.attempts,
                entry.notBefore?.secondsSince1970, entry.foreignID?.storable,
                entry.createdAt.secondsSince1970, entry.updatedAt.secondsSince1970,
            ])
        guard db.changesCount == 1 else { throw RegistryError.conflict(key: "id") }
    }

    /// The entry after the move, or nil if the table in `Registry` does not allow it.
    func advance(_ id: RequestID, to move: Move) throws -> OutboundEntry? {
        let sources = move.state.sources(at: move.at)
        let allowed = sources.map { _ in "(state = ? AND updated_at >= ?)" }.joined(separator: " OR ")
        let ends = [.delivered, .failed, .unknown].contains(move.state)
        // Nobody needs the text of a message that the provider has.
        let isDone = ends || move.state == .accepted
        let entry = try first(
            """
            UPDATE outbound SET state = ?, updated_at = ?, foreign_id = COALESCE(?, foreign_id), not_before = ?,
                attempts = attempts + ?, text = CASE WHEN ? THEN '' ELSE text END
            WHERE id = ? AND user = COALESCE(?, user) AND network = COALESCE(?, network) AND (\(allowed)) RETURNING \(OutboundEntry.columns)
            """,
            [
                move.state.rawValue, move.at.secondsSince1970, move.foreignID?.storable,
                move.state == .waiting ? (move.notBefore ?? move.at).secondsSince1970 : nil,
                move.state == .handing ? 1 : 0, isDone, id.storable, move.by?.user.storable, move.by?.network.storable,
            ] + sources.flatMap { [$0.state.rawValue, $0.notBefore] as [any DatabaseValueConvertible] }
        ) { OutboundEntry(row: $0) }
        if let entry, ends, move.failure != nil || entry.wantsReceipt { try keepUntold(entry, move.failure) }
        return entry
    }

    private func keepUntold(_ entry: OutboundEntry, _ failure: Failure?) throws {
        try run(
            "INSERT OR REPLACE INTO untold (id, kind, words) VALUES (?, ?, ?)",
            [entry.id.storable, failure?.kind.rawValue, failure?.text.storable])
    }

    func told(_ ids: [RequestID]) throws {
        for id in ids { try run("DELETE FROM untold WHERE id = ?", [id.storable]) }
    }

    /// False if the key was already taken within `Retention.deduplication`.
    func append(_ entry: InboundEntry) throws -> Bool {
        let key: [(any DatabaseValueConvertible)?] = [
            entry.gateway.storable, entry.account.network.storable, entry.deduplicationKey.storable,
        ]
        let now = entry.receivedAt.secondsSince1970
        let expired = entry.receivedAt.advanced(by: .zero - Retention.deduplication).secondsSince1970
        let claimed = try rows(
            """
            INSERT INTO deduplication (gateway, network, key, taken_at) VALUES (?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET taken_at = excluded.taken_at WHERE taken_at <= ? RETURNING 1
            """, key + [now, expired])
        if claimed.isEmpty { return false }
        try run(
            """
            INSERT INTO inbound (id, gateway, user, network, localpart, display_name, text,
                deduplication_key, received_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING
            """,
            [
                entry.id.storable, entry.gateway.storable, entry.account.user.storable,
                entry.account.network.storable, entry.localpart.storable, entry.displayName?.storable,
                entry.text.storable, entry.deduplicationKey.storable, now,
            ])
        guard db.changesCount == 1 else { throw RegistryError.conflict(key: "id") }
        return true
    }

    func finishInbound(_ ids: [String]) throws {
        for id in ids { try run("DELETE FROM inbound WHERE id = ?", [id.storable]) }
    }
}

extension OutboundEntry.State {
    /// A state that may be left for this one, if the entry came into it not before that time.
    typealias Source = (state: OutboundEntry.State, notBefore: Double)

    /// The table in `Registry`, read by rows.
    func sources(at time: Timestamp) -> [Source] {
        let always = -Double.greatestFiniteMagnitude
        func within(_ limit: Duration) -> Double { time.advanced(by: .zero - limit).secondsSince1970 }
        return switch self {
        case .waiting, .accepted, .unknown: [(.handing, always)]
        case .handing: [(.waiting, always)]
        case .failed:
            [(.waiting, always), (.handing, always), (.accepted, always), (.unknown, within(Retention.lateReport))]
        case .delivered:
            [
                (.waiting, always), (.handing, always), (.accepted, always),
                (.unknown, within(Retention.lateReport)), (.failed, within(Retention.lateSuccess)),
            ]
        }
    }
}
