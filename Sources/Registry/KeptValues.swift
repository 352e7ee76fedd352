import GatewayKit

/// A short value that a gateway keeps for a user or for itself.
package struct KeptValue: Sendable, Equatable {
    /// The use of a value.
    package enum Purpose: String, Sendable, CaseIterable {
        /// A hash of the latest greeting of the network named by `place`. It has no text. The store forgets it after
        /// `Retention.greetings`.
        case greeting
        /// One of the user's own settings for the room with the raw localpart `place`.
        case room
        /// The user has unregistered, although the operator's configuration gives the user login values.
        case declined
        /// A value that the adapter keeps (`StateEvent.keep`). It belongs to no user, and its place is empty.
        case adapter
    }

    package var purpose: Purpose
    package var place: String
    package var key: String
    package var value: String

    package init(_ purpose: Purpose, place: String = "", key: String = "", value: String) {
        self.purpose = purpose
        self.place = place
        self.key = key
        self.value = value
    }
}

/// Sets and removes values that have one purpose and one place.
package struct KeepValues: StoreChange {
    package let gateway: String
    /// The user to whom the values belong; nil for the gateway itself.
    package let user: UserID?
    package let purpose: KeptValue.Purpose
    package let place: String
    /// The new values by their keys. Nil removes a value. Values with other keys stay.
    package let values: [String: String?]
    package let at: Timestamp
}

extension Change {
    /// See `KeepValues`.
    package static func keepValues(
        _ values: [String: String?], for purpose: KeptValue.Purpose, place: String = "", of user: UserID?,
        gateway: String, at time: Timestamp
    ) -> Change {
        .other(
            AnyChange(
                KeepValues(
                    gateway: gateway, user: user, purpose: purpose, place: place, values: values, at: time)))
    }
}
