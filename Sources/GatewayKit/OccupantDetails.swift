/// What a network tells of an occupant beyond nick and rank.
///
/// It is a value of one reference, because rooms have tens of thousands of occupants and little is known of most. The
/// value of an occupant of whom nothing particular is known needs no memory.
package struct OccupantDetails: Sendable, Equatable {
    /// The fields that copies share; a change makes a new object. Nil if all have their usual values.
    private var fields: Fields?

    private final class Fields: Sendable {
        let availability: Availability
        let account: String?
        let marks: OccupantMarks

        init(_ availability: Availability, _ account: String?, _ marks: OccupantMarks) {
            self.availability = availability
            self.account = account
            self.marks = marks
        }
    }

    package init(availability: Availability = .available, account: String? = nil, marks: OccupantMarks = []) {
        guard availability != .available || account != nil || !marks.isEmpty else { return }
        fields = Fields(availability, account, marks)
    }

    /// Whether the occupant is there: `available` or `away`.
    package var availability: Availability {
        get { fields?.availability ?? .available }
        set { self = OccupantDetails(availability: newValue, account: account, marks: marks) }
    }

    /// The name of the account that the network has checked, in canonical form: one person has one account under every
    /// nick. Nil if the occupant has none, or if it is not known.
    package var account: String? {
        get { fields?.account }
        set { self = OccupantDetails(availability: availability, account: newValue, marks: marks) }
    }

    package var marks: OccupantMarks {
        get { fields?.marks ?? [] }
        set { self = OccupantDetails(availability: availability, account: account, marks: newValue) }
    }

    package static func == (one: OccupantDetails, other: OccupantDetails) -> Bool {
        one.fields === other.fields
            || one.availability == other.availability && one.account == other.account && one.marks == other.marks
    }
}

/// Signs by which a network tells some occupants from others.
package struct OccupantMarks: OptionSet, Hashable, Sendable, Codable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The occupant is a program.
    package static let bot = OccupantMarks(rawValue: 1)
    /// The occupant runs the network.
    package static let staff = OccupantMarks(rawValue: 2)
}

extension OccupantDetails: Codable {
    private enum Keys: String, CodingKey { case availability, account, marks }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Keys.self)
        self.init(
            availability: try values.decode(Availability.self, forKey: .availability),
            account: try values.decodeIfPresent(String.self, forKey: .account),
            marks: try values.decode(OccupantMarks.self, forKey: .marks))
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Keys.self)
        try values.encode(availability, forKey: .availability)
        try values.encodeIfPresent(account, forKey: .account)
        try values.encode(marks, forKey: .marks)
    }
}
