import Basics

/// What the core asks of an adapter session. The outcome comes back as an event with the same id, at once or days
/// later. Every request gets exactly one of these:
///
/// * `outcome(id, .accepted)`: it is done. After the events that show what it has changed (`RoomEvent.topicChanged` …).
/// * `answer(id, …)`: only for `ask`, and the only way in which a question succeeds.
/// * `outcome(id, .failed)`: it is not done, or not known to be done (`Failure.Kind.unknownOutcome`).
///
/// After `accepted`, a message may get `delivered` and then `read`, each at most once, or one `failed` instead of both.
package struct Request: Sendable, Equatable, Codable {
    package let id: RequestID
    package let action: Action

    package init(id: RequestID, action: Action) {
        self.id = id
        self.action = action
    }

    /// An adapter refuses the cases that it does not know by `default`, with a `Failure` of kind `unsupported`. Rare cases
    /// are `indirect` to keep the enum small: requests on the message path are moved.
    package enum Action: Sendable, Equatable, Codable {
        case send(Content, to: Address)
        /// Enter a room under the account's name on that network. `RoomEvent.joined` comes before `accepted`.
        case join(RoomAddress, password: Secret?)
        /// `RoomEvent.left` comes before `accepted`.
        case leave(RoomAddress, reason: String?)
        /// Change the account's name on the whole network. `accepted` comes once the network has confirmed, after the
        /// `RoomEvent.occupantRenamed` of every room.
        case changeNick(String)
        /// Show the account to the network as available or away.
        case presence(Availability)
        indirect case room(RoomAddress, RoomChange)
        indirect case ask(Question)

        /// What the capabilities grade to say whether this can be asked. Nil for `leave`, which is always possible
        /// for those who are inside.
        package var ability: Ability? {
            switch self {
            case .send(let content, to: _): content.ability
            case .join: .join
            case .leave: nil
            case .changeNick: .nickChange
            case .presence: .presence
            case .room(_, let change): change.ability
            case .ask(let question): question.ability
            }
        }

        /// The address whose capabilities grade it; nil for what is asked of the network as a whole.
        package var address: Address? {
            switch self {
            case .send(_, to: let address): address
            case .join(let room, password: _), .leave(let room, reason: _), .room(let room, _): .room(room)
            case .changeNick, .presence: nil
            case .ask(let question): question.address
            }
        }
    }
}

/// Whether somebody is there to be spoken to.
package enum Availability: Sendable, Equatable, Codable {
    case available
    /// There, but not at the keyboard; with the words that others see.
    case away(String?)
    /// Not on the network. Only reported, never asked for: a session is closed instead.
    case offline
}
