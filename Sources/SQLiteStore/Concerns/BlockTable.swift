import GRDB
import GatewayKit
import Registry

/// Stores the addresses that users have blocked.
enum BlockTable: Concern {
    static func register(in routes: inout ConcernRoutes) {
        routes.change(ChangeBlocks.self) { change, transaction in try transaction.apply(change) }
        routes.removeUser { removal, transaction in
            try transaction.run(
                #"DELETE FROM blocked WHERE gateway = $1 AND "user" = $2"#,
                [removal.gateway.storable, removal.user.storable])
        }
    }
}

extension Transaction {
    fileprivate func apply(_ change: ChangeBlocks) throws {
        let user: [Argument] = [change.gateway.storable, change.user.storable]
        for address in change.unblocked {
            try run(
                #"DELETE FROM blocked WHERE gateway = $1 AND "user" = $2 AND localpart = $3 AND nick = $4"#,
                user + [address.localpart.storable, address.nick.storable])
        }
        for address in change.blocked {
            try run(
                """
                INSERT INTO blocked (gateway, "user", localpart, nick) VALUES ($1, $2, $3, $4)
                ON CONFLICT (gateway, "user", localpart, nick) DO NOTHING
                """, user + [address.localpart.storable, address.nick.storable])
            guard address.nick.isEmpty else { continue }
            try run(
                """
                UPDATE inbound SET text = '', file = NULL, display_name = NULL, is_open = 0
                WHERE gateway = $1 AND "user" = $2 AND localpart = $3 AND is_open = 1
                """, user + [address.localpart.storable])
        }
    }

    /// The addresses that one user has blocked, in their order.
    func blockedAddresses(gateway: String, of user: UserID) throws -> [BlockedAddress] {
        try rows(
            #"SELECT localpart, nick FROM blocked WHERE gateway = $1 AND "user" = $2 ORDER BY localpart, nick"#,
            [gateway.storable, user.storable]
        ) { BlockedAddress(localpart: $0[0], nick: $0[1]) }
    }
}
