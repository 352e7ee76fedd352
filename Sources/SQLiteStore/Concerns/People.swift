import Registry

/// Answers `PersonQuery` from the tables of the other concerns.
enum People: Concern {
    static func register(in routes: inout ConcernRoutes) {
        routes.query(PersonQuery.self) { query, transaction in
            PersonRecord(
                user: query.user, accounts: try transaction.accounts(gateway: query.gateway, of: query.user),
                contacts: try transaction.contacts(gateway: query.gateway, of: query.user),
                peers: try transaction.peers(gateway: query.gateway, of: query.user))
        }
    }
}
