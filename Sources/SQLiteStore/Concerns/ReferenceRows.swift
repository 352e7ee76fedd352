import GRDB
import GatewayKit
import Registry

/// Answers `ReferenceQuery`: finds a message of the ledger by the id of its stanza, or by its id on the network.
enum ReferenceRows: Concern {
    static func register(in routes: inout ConcernRoutes) {
        routes.query(ReferenceQuery.self) { query, transaction in
            switch query.key {
            case .stanza(let id):
                let received = try transaction.received(query, where: "id", is: id)
                return try received ?? transaction.sent(query, where: "$4 IN (id, origin_id)", is: id)
            case .network(let id, let direction):
                let received =
                    direction == .out ? nil : try transaction.received(query, where: "foreign_id", is: id.rawValue)
                guard received == nil, direction != .in else { return received }
                return try transaction.sent(query, where: "foreign_id = $4", is: id.rawValue)
            }
        }
    }
}

extension Transaction {
    fileprivate func sent(
        _ query: ReferenceQuery, where condition: String, is name: String
    ) throws -> ReferenceRecord? {
        try first(
            """
            SELECT id, origin_id, foreign_id, created_at FROM outbound
            WHERE gateway = $1 AND "user" = $2 AND localpart = $3 AND \(condition) AND foreign_id IS NOT NULL
            ORDER BY sequence DESC LIMIT 1
            """, query.place + [name.storable]
        ) { row in
            ReferenceRecord(
                direction: .out, id: row[0], originID: row[1], networkID: MessageID(row[2]),
                at: Timestamp(secondsSince1970: row[3]))
        }
    }

    fileprivate func received(
        _ query: ReferenceQuery, where column: String, is name: String
    ) throws -> ReferenceRecord? {
        try first(
            """
            SELECT id, foreign_id, received_at FROM inbound
            WHERE gateway = $1 AND "user" = $2 AND localpart = $3 AND \(column) = $4 AND foreign_id IS NOT NULL
            ORDER BY sequence DESC LIMIT 1
            """, query.place + [name.storable]
        ) { row in
            ReferenceRecord(
                direction: .in, id: row[0], originID: nil, networkID: MessageID(row[1]),
                at: Timestamp(secondsSince1970: row[2]))
        }
    }
}

extension ReferenceQuery {
    fileprivate var place: [String] { [gateway.storable, user.storable, localpart.storable] }
}
