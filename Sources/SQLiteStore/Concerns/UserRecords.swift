import Registry

/// Answers `UserQuery` from the tables of the other concerns.
enum UserRecords: Concern {
    static func register(in routes: inout ConcernRoutes) {
        routes.query(UserQuery.self) { query, transaction in
            UserRecord(
                user: query.user, accounts: try transaction.accounts(gateway: query.gateway, of: query.user),
                contacts: try transaction.contacts(gateway: query.gateway, of: query.user),
                peers: try transaction.peers(gateway: query.gateway, of: query.user),
                kept: try transaction.keptValues(gateway: query.gateway, of: query.user))
        }
    }
}
