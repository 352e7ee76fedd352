/// What a question was answered with; the cases are those of `Question`.
package enum Answer: Sendable, Equatable, Codable {
    case rooms(Page<RoomListing>)
    case members([Occupant])
    case list([ListEntry])
    case settings(RoomSettings)
    case profile(Profile)
    /// Oldest first.
    case history([InboundMessage])
    /// The lines that the network has said, in order.
    case raw([String])
}

/// A part of a long list.
package struct Page<Item: Sendable & Equatable & Codable>: Sendable, Equatable, Codable {
    package let items: [Item]
    /// What to ask for to get the next page (`PageRequest.after`); nil if this is the last.
    package let next: String?
    /// Items of all pages, if known.
    package let total: Int?

    package init(_ items: [Item], next: String? = nil, total: Int? = nil) {
        self.items = items
        self.next = next
        self.total = total
    }
}

/// A room as a network's list shows it.
package struct RoomListing: Sendable, Equatable, Codable {
    package let address: RoomAddress
    /// As people write it.
    package let name: String
    package let topic: String?
    package let occupants: Int?

    package init(_ address: RoomAddress, name: String, topic: String? = nil, occupants: Int? = nil) {
        self.address = address
        self.name = name
        self.topic = topic
        self.occupants = occupants
    }
}

/// What a network tells of a person.
package struct Profile: Sendable, Equatable, Codable {
    /// Something the network says, in the order in which people should see it.
    package struct Detail: Sendable, Equatable, Codable {
        /// For people: "Real name".
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
