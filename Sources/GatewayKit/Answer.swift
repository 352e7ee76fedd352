/// The answer to a question. Its case has the name of the question's case.
package enum Answer: Sendable, Equatable, Codable {
    case rooms(Page<RoomListing>)
    case members([Occupant])
    case list([ListEntry])
    case settings(RoomSettings)
    case profile(Profile)
    /// The name and version of the person's program, in its own words.
    case software(String)
    /// The person's program has answered.
    case echo
    case time(ClockReading)
    /// The messages, oldest first.
    case history([InboundMessage])
    /// The lines of the network's reply, in order.
    case raw([String])
    /// The lines for the user who has typed the command, in order. Empty if the effect of the command is seen without
    /// them.
    case command([String])
}

/// The time that a person's clock shows.
package struct ClockReading: Sendable, Equatable, Codable {
    package let time: Timestamp
    /// Seconds by which the clock is ahead of UTC; whole minutes.
    package let offset: Int

    package init(_ time: Timestamp, offset: Int) {
        self.time = time
        self.offset = offset
    }
}

/// One page of a long list.
package struct Page<Item: Sendable & Equatable & Codable>: Sendable, Equatable, Codable {
    package let items: [Item]
    /// The position of the first item in the whole answer. The first position is 0.
    package let index: Int
    /// The number of items on all pages; nil if unknown.
    package let total: Int?

    package init(_ items: [Item], index: Int = 0, total: Int? = nil) {
        self.items = items
        self.index = index
        self.total = total
    }
}

/// A room in a network's list of rooms.
package struct RoomListing: Sendable, Equatable, Codable {
    package let address: RoomAddress
    /// The room's name as people write it.
    package let name: String
    package let topic: String?
    /// The number of occupants; nil if unknown.
    package let occupants: Int?
    /// Whether everybody may enter the room; nil if unknown.
    package let isOpen: Bool?

    package init(
        _ address: RoomAddress, name: String, topic: String? = nil, occupants: Int? = nil, isOpen: Bool? = nil
    ) {
        self.address = address
        self.name = name
        self.topic = topic
        self.occupants = occupants
        self.isOpen = isOpen
    }
}

/// The facts that a network tells about a person.
package struct Profile: Sendable, Equatable, Codable {
    /// One fact with its label, such as "Real name: Alice".
    package struct Detail: Sendable, Equatable, Codable {
        /// The name of the fact, for people.
        package let label: String
        package let value: String

        package init(_ label: String, _ value: String) {
            self.label = label
            self.value = value
        }
    }

    package let address: PeerAddress
    /// The name as people see it.
    package let displayName: String
    package let availability: Availability?
    /// Further facts, in the order in which people should see them.
    package let details: [Detail]

    package init(
        _ address: PeerAddress, displayName: String, availability: Availability? = nil, details: [Detail] = []
    ) {
        self.address = address
        self.displayName = displayName
        self.availability = availability
        self.details = details
    }
}
