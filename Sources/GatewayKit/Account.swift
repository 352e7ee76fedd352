import Basics

/// What an adapter is told about an account when its session starts.
package struct Account: Sendable, Equatable {
    package let id: AccountID
    /// The name wanted on the network if the network lets one choose and `settings` has none.
    package let preferredNick: String
    /// The checked values of the login form; secret fields among them, for which reason an account is encoded only where
    /// a `Secret` is.
    package let settings: [String: String]

    package init(id: AccountID, preferredNick: String, settings: [String: String]) {
        self.id = id
        self.preferredNick = preferredNick
        self.settings = settings
    }
}

extension Account: Codable {
    private enum Keys: String, CodingKey { case id, preferredNick, settings }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Keys.self)
        self.init(
            id: try values.decode(AccountID.self, forKey: .id),
            preferredNick: try values.decode(String.self, forKey: .preferredNick),
            settings: try values.decode([String: String].self, forKey: .settings))
    }

    package func encode(to encoder: any Encoder) throws {
        try Secret.requirePermission(of: encoder)
        var values = encoder.container(keyedBy: Keys.self)
        try values.encode(id, forKey: .id)
        try values.encode(preferredNick, forKey: .preferredNick)
        try values.encode(settings, forKey: .settings)
    }
}
