import Basics

/// One user's account on one network. The core passes it to `Adapter.open`.
package struct Account: Sendable, Equatable {
    package let id: AccountID
    /// The nick to ask the network for when `settings` has no nick. Networks without nicks ignore it.
    package let preferredNick: String
    /// Whether the user has asked for `preferredNick` and no other. If it is taken, requests to enter rooms fail as
    /// `conflict`. Otherwise the session may take a similar nick.
    package let isNickChosen: Bool
    /// The values of the login form, as `NetworkRules.check(login:)` returned them. They include secret fields as plain
    /// text. Therefore `encode` throws unless the encoder may reveal secrets (`Secret.allowEncoding`).
    package let settings: [String: String]
    /// The user's own settings for rooms of the network, as `NetworkRules.check(room:)` returned them. Rooms without
    /// any are left out. `Request.Action.prefer` changes them.
    package let roomSettings: [RoomAddress: [String: String]]

    package init(
        id: AccountID, preferredNick: String, isNickChosen: Bool = false, settings: [String: String],
        roomSettings: [RoomAddress: [String: String]] = [:]
    ) {
        self.id = id
        self.preferredNick = preferredNick
        self.isNickChosen = isNickChosen
        self.settings = settings
        self.roomSettings = roomSettings
    }
}

extension Account: Codable {
    private enum Keys: String, CodingKey { case id, preferredNick, isNickChosen, settings, roomSettings }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Keys.self)
        self.init(
            id: try values.decode(AccountID.self, forKey: .id),
            preferredNick: try values.decode(String.self, forKey: .preferredNick),
            isNickChosen: try values.decode(Bool.self, forKey: .isNickChosen),
            settings: try values.decode([String: String].self, forKey: .settings),
            roomSettings: try values.decode([RoomAddress: [String: String]].self, forKey: .roomSettings))
    }

    package func encode(to encoder: any Encoder) throws {
        try Secret.requirePermission(of: encoder)
        var values = encoder.container(keyedBy: Keys.self)
        try values.encode(id, forKey: .id)
        try values.encode(preferredNick, forKey: .preferredNick)
        try values.encode(isNickChosen, forKey: .isNickChosen)
        try values.encode(settings, forKey: .settings)
        try values.encode(roomSettings, forKey: .roomSettings)
    }
}
