import GatewayKit

/// Inserts or replaces an account. Fails with `.conflict` if another user of the gateway has the same value (a phone
/// number) under one of the `unique` keys. Fails with `.quarantined` if the value is still in quarantine after another
/// user has given it up.
package struct SaveAccount: StoreChange {
    package let account: AccountRecord
    /// The keys of settings whose values no two users of the gateway may share.
    package let unique: Set<String>
    package let terms: UniqueValueTerms
}

/// Removes a user's registration with the gateway, or the user's settings for one network. The quarantine of its unique
/// values begins at `at`.
package struct RemoveAccount: StoreChange {
    package let gateway: String
    package let user: UserID
    /// The network whose settings are removed; nil for the registration with the gateway itself.
    package let network: NetworkID?
    package let unique: Set<String>
    package let at: Timestamp
}

/// Removes all data of one user on one gateway: accounts, contacts, peers, kept values, ledger, references. The quarantine of the
/// user's unique values begins at `at`.
package struct RemoveUser: StoreChange {
    package let gateway: String
    package let user: UserID
    package let unique: Set<String>
    package let at: Timestamp
}

extension Change {
    /// See `SaveAccount`.
    package static func saveAccount(
        _ account: AccountRecord, unique: Set<String>, terms: UniqueValueTerms = UniqueValueTerms()
    ) -> Change {
        .other(AnyChange(SaveAccount(account: account, unique: unique, terms: terms)))
    }

    /// See `RemoveAccount`.
    package static func removeAccount(
        gateway: String, _ user: UserID, network: NetworkID?, unique: Set<String>, at time: Timestamp
    ) -> Change {
        .other(
            AnyChange(RemoveAccount(gateway: gateway, user: user, network: network, unique: unique, at: time)))
    }

    /// See `RemoveUser`.
    package static func removeUser(
        gateway: String, _ user: UserID, unique: Set<String>, at time: Timestamp
    ) -> Change {
        .other(AnyChange(RemoveUser(gateway: gateway, user: user, unique: unique, at: time)))
    }
}

/// The terms on which an account takes its unique values.
package struct UniqueValueTerms: Sendable, Equatable {
    /// The present time.
    package var at: Timestamp
    /// How long other users cannot take a value after its user has given it up.
    package var quarantine: Duration
    /// Whether the operator's configuration gives the values to this user. If so, quarantine does not apply.
    package var isAssigned: Bool

    package init(
        at: Timestamp = Timestamp(secondsSince1970: 0), quarantine: Duration = .zero, isAssigned: Bool = false
    ) {
        self.at = at
        self.quarantine = quarantine
        self.isAssigned = isAssigned
    }
}

/// Asks which user holds a unique value, such as a phone number. The answer is nil if no user holds it.
package struct UniqueValueOwner: StoreQuery {
    package typealias Answer = UserID?

    package let gateway: String
    package let value: UniqueValue

    package init(gateway: String, _ value: UniqueValue) {
        self.gateway = gateway
        self.value = value
    }
}

/// Asks which users hold a unique value that the operator has given to another user. Each user is named once.
package struct MisplacedValues: StoreQuery {
    package typealias Answer = [UserID]

    package let gateway: String
    /// The users to whom the operator has given values.
    package let assignments: [UniqueValue: UserID]

    package init(gateway: String, assignments: [UniqueValue: UserID]) {
        self.gateway = gateway
        self.assignments = assignments
    }
}
