/// Says which rooms of a network a question asks for, and in which order.
package struct RoomSearch: Sendable, Equatable, Codable {
    /// The order of the rooms in the answer.
    package enum Order: String, Sendable, Codable {
        /// The order in which the network lists its rooms. The first page can be answered before the list is complete.
        case network
        /// The rooms with the most occupants first.
        case occupants
        /// The rooms by the name in their address. No room is missed or repeated while pages are turned.
        case name
    }

    /// A text of a room in which words are looked for.
    package enum Field: String, Sendable, Codable, CaseIterable { case name, topic }

    /// Words with spaces between them, each of which one of `fields` must contain, in upper or lower case. Nil for all
    /// rooms.
    package let matching: String?
    package let fields: Set<Field>
    /// The least number of occupants of a room.
    package let fewest: Int
    package let order: Order

    package init(
        matching: String? = nil, in fields: Set<Field> = [.name, .topic], fewest: Int = 0, order: Order = .network
    ) {
        self.matching = matching
        self.fields = fields
        self.fewest = fewest
        self.order = order
    }
}

/// Names the page of a long answer that the core asks for. An item is named by its key. The key of a room is the name
/// in its address.
package struct PageRequest: Sendable, Equatable, Codable {
    /// The place of the page in the whole answer.
    package enum Start: Sendable, Equatable, Codable {
        case first, last
        /// The page follows the item with this key. Without such an item, the question fails as `notFound`.
        case after(String)
        /// The page ends before the item with this key. Without such an item, the question fails as `notFound`.
        case before(String)
        /// The page begins with the item at this position. The first position is 0.
        case index(Int)
    }

    package let start: Start
    /// The largest number of items on the page. 0 asks for the total alone.
    package let limit: Int

    package init(_ start: Start = .first, limit: Int) {
        self.start = start
        self.limit = limit
    }
}
