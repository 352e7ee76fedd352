import Basics

/// What the core asks an adapter session to do. A request returns nothing: what became of it comes back as an
/// event with the same id, at once or days later. Every request gets exactly one `accepted` or `failed`, and a
/// message may get one `delivered` or `failed` after its `accepted`.
package struct Request: Sendable, Equatable {
    package let id: RequestID
    package let action: Action

    package init(id: RequestID, action: Action) {
        self.id = id
        self.action = action
    }

    package enum Action: Sendable, Equatable {
        case send(OutboundMessage)
        /// Enter a room under the account's name on that network. Answered by `Event.joined` and then `accepted`, or by
        /// `failed`. The other actions on rooms, too, are `accepted` after the event that shows what they have changed.
        case join(RoomAddress, password: Secret?)
        case leave(RoomAddress, reason: String?)
        /// Change the account's name on the whole network. Answered by `accepted` once the network has
        /// confirmed, after the `occupantRenamed` of every room.
        case changeNick(String)
        /// An empty topic clears it.
        case setTopic(RoomAddress, String)
        case kick(RoomAddress, nick: String, reason: String?)
    }
}

/// A message on its way to the foreign network.
package struct OutboundMessage: Sendable, Equatable {
    /// How the text is meant.
    package enum Form: Sendable, Equatable {
        case text
        /// What the sender does; the text comes without `/me`.
        case action
    }

    package let to: Address
    /// As the sender wrote it; may hold several lines. The adapter splits, folds and encodes.
    package let text: String
    package let form: Form

    package init(to: Address, text: String, form: Form = .text) {
        self.to = to
        self.text = text
        self.form = form
    }
}
