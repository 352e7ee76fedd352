import GatewayKit
import Registry

/// Answers `UserQuery` from the tables of the other concerns.
enum UserRecords: Concern {
    static func register(in routes: inout ConcernRoutes) {
        routes.query(UserQuery.self) { query, transaction in
            try transaction.record(of: query.user, gateway: query.gateway)
        }
    }
}

extension Transaction {
    /// All data of one user of a gateway, except messages.
    func record(of user: UserID, gateway: String) throws -> UserRecord {
        UserRecord(
            user: user, accounts: try accounts(gateway: gateway, of: user),
            contacts: try contacts(gateway: gateway, of: user), peers: try peers(gateway: gateway, of: user),
            kept: try keptValues(gateway: gateway, of: user), sent: try sentIDs(gateway: gateway, of: user),
            blocked: try blockedAddresses(gateway: gateway, of: user))
    }
}
