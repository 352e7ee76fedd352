import GRDB
import GatewayKit
import Registry

/// Answers `SnapshotQuery` from the tables of the other concerns.
enum Snapshots: Concern {
    static func register(in routes: inout ConcernRoutes) {
        routes.query(SnapshotQuery.self) { query, transaction in try transaction.snapshot(query) }
    }
}

extension Transaction {
    fileprivate func snapshot(_ query: SnapshotQuery) throws -> GatewaySnapshot {
        let leftOut = try unreadableAccountsWithMessages(gateway: query.gateway)
        return GatewaySnapshot(
            accounts: query.accounts ? try accounts(gateway: query.gateway) : [],
            outbound: try openOutbound(gateway: query.gateway).filter { entry in
                !leftOut.contains { $0.affects(entry.account) }
            },
            unreported: try unreported(gateway: query.gateway),
            inbound: try openInbound(OpenInbound(gateway: query.gateway, limit: .max)),
            kept: try keptValues(gateway: query.gateway, of: nil),
            restrictions: try restrictions(gateway: query.gateway))
    }
}
