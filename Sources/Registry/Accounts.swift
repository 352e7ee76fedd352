import GatewayKit

/// Inserts or replaces an account. Fails with `.conflict` if another user of the gateway has the same value under one of
/// the `unique` keys (a phone number), and with `.quarantined` if it belonged to another user until recently.
package struct SaveAccount: StoreChange {
    package let account: AccountRecord
    package let unique: Set<String>
    package let terms: ClaimTerms
}

/// Removes a user's registration or settings for one network. Its unique values are free from `at` on.
package struct RemoveAccount: StoreChange {
    package let gateway: String
    package let user: UserID
    /// Nil: the registration with the gateway itself.
    package let network: NetworkID?
    package let unique: Set<String>
    package let at: Timestamp
}

/// Removes everything of one user on one gateway: accounts, contacts, peers, ledger, references. The user's unique
/// values are free from `at` on.
package struct RemoveUser: StoreChange {
    package let gateway: String
    package let user: UserID
    package let unique: Set<String>
    package let at: Timestamp
}

extension Change {
    /// See `SaveAccount`.
    package static func saveAccount(
        _ account: AccountRecord, unique: Set<String>, terms: ClaimTerms = ClaimTerms()
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

/// On which terms an account takes its unique values.
package struct ClaimTerms: Sendable, Equatable {
    package var at: Timestamp
    /// For how long a value is kept from others after its user has given it up.
    package var quarantine: Duration
    /// The operator has given the values to this user; then no quarantine holds.
    package var isAssigned: Bool

    package init(
        at: Timestamp = Timestamp(secondsSince1970: 0), quarantine: Duration = .zero, isAssigned: Bool = false
    ) {
        self.at = at
        self.quarantine = quarantine
        self.isAssigned = isAssigned
    }
}

/// Asks which user holds a unique value, such as a phone number; nil if none does.
package struct UniqueValueOwner: StoreQuery {
    package typealias Answer = UserID?

    package let gateway: String
    package let key: String
    package let value: String

    package init(gateway: String, key: String, value: String) {
        self.gateway = gateway
        self.key = key
        self.value = value
    }
}
