import Basics

/// A request from the core to an adapter session. The session answers with an event that carries the request's id, at
/// once or days later. Every request gets exactly one of these events:
///
/// * `outcome(id, .accepted)`: the request is done. This comes after the events that show its effect
///   (`RoomEvent.topicChanged` …).
/// * `answer(id, …)`: the question is answered. Only a request of case `ask` gets it, and a question that succeeds gets
///   nothing else.
/// * `outcome(id, .failed)`: the request is not done, or nobody knows (`Failure.Kind.unknownOutcome`).
///
/// After `accepted`, a message may get `delivered` and then `read`, each at most once, or one `failed` instead of both.
package struct Request: Sendable, Equatable, Codable {
    package let id: RequestID
    package let action: Action

    package init(id: RequestID, action: Action) {
        self.id = id
        self.action = action
    }

    /// The work that the core asks for. An adapter refuses the cases that it does not know by `default`, with a
    /// `Failure` of kind `unsupported`. Rare cases are `indirect` to keep the enum small: requests on the message path
    /// are moved.
    package enum Action: Sendable, Equatable, Codable {
        case send(Content, to: Address)
        /// Enters a room under the account's nick on that network. `RoomEvent.joined` comes before `accepted`.
        case join(RoomAddress, password: Secret?)
        /// Leaves a room. `RoomEvent.left` comes before `accepted`.
        case leave(RoomAddress, reason: String?)
        /// Changes the account's nick on the whole network. `accepted` comes when the network has confirmed the nick,
        /// after the `RoomEvent.occupantRenamed` of every room.
        case changeNick(String)
        /// Shows the account to the network as available or away.
        case presence(Availability)
        /// True: connects, and keeps the connection also without a room or an open request. False: the session may again
        /// close a connection that is not used.
        case keepConnected(Bool)
        /// Ends the pauses of the session, because an operator asks for it: the session again sends messages that it
        /// has held back, for example because the network refused the gateway's login. The core ignores the outcome.
        case resume
        /// Watches exactly these people: from now on, `PeerEvent.presence` reports their presence. It reports the state
        /// of a person as soon as the network has told it. The list ends with the connection.
        case watch([PeerAddress])
        indirect case room(RoomAddress, RoomChange)
        /// Applies the user's own settings for a room from now on (`AdapterDescription.roomForm`). They replace the
        /// earlier ones. The account need not be in the room, and the session need not be connected.
        indirect case prefer(RoomAddress, [String: String])
        indirect case ask(Question)

        /// The ability that `Capabilities` grade for this request. Nil for `leave`, which an occupant can always do.
        package var ability: Ability? {
            switch self {
            case .send(let content, to: _): content.ability
            case .join: .join
            case .leave, .resume: nil
            case .changeNick: .nickChange
            case .presence: .presence
            case .keepConnected: .keepConnected
            case .watch: .watch
            case .room(_, let change): change.ability
            case .prefer: .preferences
            case .ask(let question): question.ability
            }
        }

        /// The address whose capabilities hold for this request; nil for a request to the network as a whole.
        package var address: Address? {
            switch self {
            case .send(_, to: let address): address
            case .join(let room, password: _), .leave(let room, reason: _), .room(let room, _),
                .prefer(let room, _):
                .room(room)
            case .changeNick, .presence, .keepConnected, .resume, .watch: nil
            case .ask(let question): question.address
            }
        }
    }
}

/// Whether a person can be reached on the network.
package enum Availability: Sendable, Equatable, Codable {
    case available
    /// The person is on the network, but away. Other people see the text.
    case away(String?)
    /// The person is not on the network. Only events carry this case. To take an account offline, the core closes its
    /// session.
    case offline
}
